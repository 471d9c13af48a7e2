import type { EntryDraft, InMemorySagaStorage, LoadedSaga, SagaHeader } from '@nest-saga/core';

/** A saga as the storage in memory keeps it. */
export interface StoredSaga {
  header: SagaHeader;
  readonly written: {
    readonly seq: number;
    readonly worker: string | undefined;
    readonly recordedAt: number;
    readonly entry: EntryDraft;
  }[];
}

/** What is private in the storage in memory, for those who break it on purpose. */
export interface StorageInsides {
  readonly sagas: Map<string, StoredSaga>;
  take(stored: StoredSaga, worker: string): LoadedSaga;
  letGo(stored: StoredSaga, delayMs: number): void;
  setHeader(stored: StoredSaga, change: Partial<SagaHeader>): void;
}

/** The private side of a storage in memory. */
export function insidesOf(storage: InMemorySagaStorage): StorageInsides {
  return storage as unknown as StorageInsides;
}
