import type { SagaStorage } from '@nest-saga/core';

/** A storage under test, and the environment that the contract needs. */
export interface SagaStorageHarness {
  /** The storage, opened and empty. */
  readonly storage: SagaStorage;
  /**
   * A second view of the same data, opened, with its own connections, as another process would have it. A storage that
   * lives in one process returns the same object.
   */
  another(): Promise<SagaStorage>;
  /**
   * Runs work in a transaction of a caller, and commits it, or rolls it back if the work fails. Gives it the handle that
   * `startIn` takes. Leave it out for a storage that takes part in no transactions.
   */
  transaction?<Result>(work: (handle: object) => Promise<Result>): Promise<Result>;
  /** Advances the storage's clock, if a test can. Leave it out for a real clock: then the tests wait. */
  advance?(byMs: number): Promise<void>;
}

/**
 * The part of a call that is lost when its connection breaks: the request never arrives, or the call happens and its
 * answer does not arrive.
 */
export type LostPart = 'request' | 'answer';

/** A view of a storage's data through a connection that breaks on request. */
export interface FragileStorage {
  /** The storage, opened. It works as any other view does, except for the call that is lost. */
  readonly storage: SagaStorage;
  /** Breaks the connection during the next call. */
  loseNext(part: LostPart): void;
}

/** How the contract creates and destroys a storage. */
export interface SagaStorageContract {
  /** Creates an empty storage. Called once for each group of tests. */
  create(): Promise<SagaStorageHarness>;
  /**
   * Another view of the data of the harness that can lose a call, for example through a proxy that drops the server's
   * answers. Called once for the group of tests that need it; without it these tests are left out.
   */
  fragile?(harness: SagaStorageHarness): Promise<FragileStorage>;
  /** Whether the storage has a place for messages that are still to be delivered. @default true */
  readonly hasOutbox?: boolean;
  /** Whether the storage keeps what the operations page needs. @default true */
  readonly hasOversight?: boolean;
  /** Whether the storage takes part in transactions of callers: then the harness has `transaction`. @default false */
  readonly hasTransactions?: boolean;
  /** Closes all storages of the harness, including the fragile one, and removes its data. */
  destroy(harness: SagaStorageHarness): Promise<void>;
}
