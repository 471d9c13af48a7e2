import type { SagaStorage } from '@nest-saga/core';

/** A storage under test and what the contract needs around it. */
export interface SagaStorageHarness {
  /** Opened, and empty. */
  readonly storage: SagaStorage;
  /**
   * A second view on the same data, opened, over connections of its own: what another process would have. A storage
   * that lives in one process gives the same object.
   */
  another(): Promise<SagaStorage>;
  /** Moves the storage's clock on, where a test can; left out where it is the real one, which is waited for then. */
  advance?(byMs: number): Promise<void>;
}

/** What of a call is lost where its way to the data breaks: it never arrives, or it happens and nobody is told. */
export type LostPart = 'request' | 'answer';

/** A view on a storage's data over a way that breaks when it is told to. */
export interface FragileStorage {
  /** Opened. Works as any other view does, but for the call that is lost. */
  readonly storage: SagaStorage;
  /** Breaks the way in the middle of the next call. */
  loseNext(part: LostPart): void;
}

/** How the contract gets at a storage. */
export interface SagaStorageContract {
  /** Makes an empty storage. Called once for each group of tests. */
  create(): Promise<SagaStorageHarness>;
  /**
   * A further view on the data of the harness that can lose a call, for example through a proxy that swallows what the
   * server says. Called once for the group of tests that need it, which is left out without it.
   */
  fragile?(harness: SagaStorageHarness): Promise<FragileStorage>;
  /** Closes every storage of the harness, the fragile one too, and removes its data. */
  destroy(harness: SagaStorageHarness): Promise<void>;
}
