import type {
  EntryDraft,
  InMemorySagaStorage,
  LoadedSaga,
  SagaDefinition,
  SagaHeader,
} from '@nest-saga/core';
import type { SagaEngine, SagaState } from '@nest-saga/core/engine';

/** A saga as the storage in memory keeps it. */
export interface StoredSaga {
  header: SagaHeader;
  readonly written: unknown[];
}

/** What is private in the storage in memory, for those who break it on purpose. */
export interface StorageInsides {
  readonly sagas: Map<string, StoredSaga>;
  take(stored: StoredSaga, worker: string): LoadedSaga;
  letGo(stored: StoredSaga, delayMs: number): void;
  write(stored: StoredSaga, worker: string | undefined, entry: EntryDraft): void;
  setHeader(stored: StoredSaga, change: Partial<SagaHeader>): void;
}

/** The private side of a storage in memory. */
export function insidesOf(storage: InMemorySagaStorage): StorageInsides {
  return storage as unknown as StorageInsides;
}

/** What is private in a worker: how it begins to run a saga that was started here, or claimed. */
export interface WorkerInsides {
  execute(
    owner: string,
    definition: SagaDefinition,
    header: SagaHeader,
    state: SagaState,
    claimed: LoadedSaga | undefined,
  ): Promise<unknown>;
}

/** The private side of an engine's worker. */
export function workerOf({ worker }: SagaEngine): WorkerInsides {
  return worker as unknown as WorkerInsides;
}
