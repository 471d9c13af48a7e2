/// <reference types="jest" />
import { describeAppends } from './appends.contract.js';
import { describeClaims } from './claims.contract.js';
import { describeDeadlines } from './deadlines.contract.js';
import { describeEntries } from './entries.contract.js';
import { describeFences } from './fences.contract.js';
import { describeHints } from './hints.contract.js';
import { describeListFilters } from './list-filters.contract.js';
import { describeJoinedTransactions } from './joined-transactions.contract.js';
import { describeLists } from './lists.contract.js';
import { describeOutbox } from './outbox.contract.js';
import { describeMessages } from './messages.contract.js';
import { describeOversight } from './oversight.contract.js';
import { describeParks } from './parks.contract.js';
import { describePaths } from './paths.contract.js';
import { describePurges } from './purges.contract.js';
import { describeReads } from './reads.contract.js';
import { describeRefusals } from './refusals.contract.js';
import { describeReleases } from './releases.contract.js';
import { describeStarts } from './starts.contract.js';
import type { SagaStorageContract } from './storage-harness.js';
import { StorageWorld } from './storage-world.js';
import { describeStartsWithEntries } from './starts-with-entries.contract.js';
import { describeSummary } from './summary.contract.js';
import { describeUnknownOutcomes } from './unknown-outcomes.contract.js';
import { describeWaitingLists } from './waiting-lists.contract.js';
import { describeWorkers } from './workers.contract.js';

/**
 * Declares the tests that every `SagaStorage` has to pass. `describe`, `it`, `expect`, `beforeAll` and `afterAll` of the
 * test framework have to be global, as in Jest, or in Vitest with `globals`.
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
    const described = [
      ...groups,
      ...(contract.hasOutbox === false ? [] : [withOutbox]),
      ...(contract.hasOversight === false ? [] : [withOversight]),
      ...(contract.hasTransactions === true ? [withTransactions] : []),
      ...(contract.fragile === undefined ? [] : [withFragile]),
    ];
    for (const [title, describeGroup] of described) {
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
  ['a filter of a list', describeListFilters],
  ['a list of sagas that wait', describeWaitingLists],
  ['the summary', describeSummary],
  ['the row of a worker', describeWorkers],
  ['a claim', describeClaims],
  ['a park', describeParks],
  ['a deadline', describeDeadlines],
  ['a path', describePaths],
  ['an entry with which a saga starts', describeStartsWithEntries],
  ['a release', describeReleases],
  ['a message', describeMessages],
  ['a hint', describeHints],
  ['a refusal', describeRefusals],
  ['a purge', describePurges],
];

const withOutbox: Group = ['the outbox', describeOutbox];
const withOversight: Group = ['the oversight', describeOversight];
const withTransactions: Group = ['a transaction of a caller', describeJoinedTransactions];
const withFragile: Group = ['an unknown outcome', describeUnknownOutcomes];
