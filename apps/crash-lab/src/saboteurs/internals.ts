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

/** The private members of the storage in memory, for saboteurs. */
export interface StorageInternals {
  readonly sagas: Map<string, StoredSaga>;
  take(stored: StoredSaga, worker: string, now: number): LoadedSaga;
  releaseStored(stored: StoredSaga, delayMs: number, now: number): void;
  write(stored: StoredSaga, worker: string | undefined, entry: EntryDraft, now: number): void;
  setHeader(stored: StoredSaga, change: Partial<SagaHeader>, now: number): void;
}

/** The private side of a storage in memory. */
export function internalsOf(storage: InMemorySagaStorage): StorageInternals {
  return storage as unknown as StorageInternals;
}

/** The private members of a worker: how it starts to run a saga. One that was started here has no loaded journal. */
export interface WorkerInternals {
  execute(
    owner: string,
    definition: SagaDefinition,
    header: SagaHeader,
    state: SagaState,
    from: Partial<LoadedSaga>,
  ): Promise<unknown>;
}

/** The private side of an engine's worker. */
export function workerOf({ worker }: SagaEngine): WorkerInternals {
  return worker as unknown as WorkerInternals;
}
