import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen } from '../journal/saga-status.js';
import { listedStatuses, progressKinds } from '../ports/list-conditions.js';
import type { SagaListQuery } from '../ports/saga-storage.js';
import { waitingFilter } from '../ports/waiting-filter.js';
import type { StoredSaga, WrittenEntry } from './stored-saga.js';

/** Whether a list with these filters contains a saga. */
export function matchesQuery(stored: StoredSaga, query: SagaListQuery, now: number): boolean {
  return matchesHeader(stored.header, query) && matchesJournal(stored, query, now);
}

function matchesHeader(header: SagaHeader, query: SagaListQuery): boolean {
  const statuses = listedStatuses(query);
  const { saga, key, keyPrefix, tags, waiting, owner, from, to } = query;
  return (
    (statuses === undefined || statuses.includes(header.status)) &&
    (saga === undefined || header.saga === saga) &&
    (key === undefined || header.key === key) &&
    (keyPrefix === undefined || header.key?.startsWith(keyPrefix) === true) &&
    (tags === undefined || tags.every((tag) => header.tags?.includes(tag) === true)) &&
    (waiting === undefined || waits(header, waiting)) &&
    (owner === undefined || (header.owner === owner && isOpen(header.status))) &&
    (from === undefined || header.createdAt >= from) &&
    (to === undefined || header.createdAt < to)
  );
}

function waits({ owner, status, waiting }: SagaHeader, filter: string): boolean {
  if (owner !== undefined || !isOpen(status) || waiting === undefined) return false;
  const wanted = waitingFilter(filter);
  return waiting.for === wanted.for && (wanted.name === undefined || waiting.name === wanted.name);
}

function matchesJournal({ header, written }: StoredSaga, query: SagaListQuery, now: number): boolean {
  const { minimumAttempts, minimumRecoveries, staleForMs } = query;
  const lastAt = written.at(-1)?.recordedAt ?? header.createdAt.getTime();
  return (
    (minimumAttempts === undefined || lastAttempt(written) >= minimumAttempts) &&
    (minimumRecoveries === undefined || recoveries(written) >= minimumRecoveries) &&
    (staleForMs === undefined || lastAt <= now - staleForMs)
  );
}

/** The number of the last attempt if it failed. */
function lastAttempt(written: readonly WrittenEntry[]): number {
  const entry = written.findLast((one) => 'attempt' in one.entry)?.entry;
  return entry?.kind === 'act-failed' || entry?.kind === 'compensation-failed' ? entry.attempt : 0;
}

/** The claims since the last progress that followed neither an orderly release nor a wait without an owner. */
function recoveries(written: readonly WrittenEntry[]): number {
  const progressAt = written.findLastIndex(({ entry }) => progressKinds.includes(entry.kind));
  return written.filter((one, index) => index > progressAt && isRecovery(one, written[index - 1])).length;
}

function isRecovery({ entry }: WrittenEntry, before: WrittenEntry | undefined): boolean {
  if (entry.kind !== 'claimed' || entry.from === 'pending' || entry.parked === true) return false;
  return before?.entry.kind !== 'released' || before.entry.reason === 'trouble';
}
