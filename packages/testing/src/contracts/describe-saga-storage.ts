/// <reference types="jest" />
import type { SagaStorage } from '@nest-saga/core';
import { describeAppends } from './appends.contract.js';
import { describeClaims } from './claims.contract.js';
import { describeEntries } from './entries.contract.js';
import { describeFences } from './fences.contract.js';
import { describeHints } from './hints.contract.js';
import { describeLists } from './lists.contract.js';
import { describeParks } from './parks.contract.js';
import { describeReads } from './reads.contract.js';
import { describeRefusals } from './refusals.contract.js';
import { describeReleases } from './releases.contract.js';
import { describeStarts } from './starts.contract.js';
import { StorageWorld } from './storage-world.js';
import { describeSummary } from './summary.contract.js';
import { describeUnknownOutcomes } from './unknown-outcomes.contract.js';
import { describeWorkers } from './workers.contract.js';

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

/**
 * Declares the tests that every `SagaStorage` has to pass, in the test framework whose `describe`, `it`, `expect`,
 * `beforeAll` and `afterAll` are global: Jest, or Vitest with `globals`.
 *
 * @example
 * describeSagaStorage('InMemorySagaStorage', {
 *   async create() {
 *     const clock = new FakeClock();
 *     const storage = new InMemorySagaStorage(clock);
 *     return { storage, another: async () => storage, advance: (byMs) => clock.advance(byMs) };
 *   },
 *   async destroy() {},
 * });
 */
export function describeSagaStorage(name: string, contract: SagaStorageContract): void {
  describe(`${name} keeps the contract of a saga storage`, () => {
    for (const [title, describeGroup] of contract.fragile === undefined ? groups : [...groups, withFragile]) {
      describe(title, () => {
        const world = new StorageWorld(contract);
        beforeAll(() => world.create());
        afterAll(() => world.destroy());
        describeGroup(world);
      });
    }
  });
}

type Group = readonly [title: string, describe: (world: StorageWorld) => void];

const groups: readonly Group[] = [
  ['a start', describeStarts],
  ['an append', describeAppends],
  ['a fence', describeFences],
  ['an entry', describeEntries],
  ['a reader', describeReads],
  ['a list', describeLists],
  ['the summary', describeSummary],
  ['the row of a worker', describeWorkers],
  ['a claim', describeClaims],
  ['a park', describeParks],
  ['a release', describeReleases],
  ['a hint', describeHints],
  ['a refusal', describeRefusals],
];

const withFragile: Group = ['an unknown outcome', describeUnknownOutcomes];
