import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen, SagaStatus } from '../journal/saga-status.js';
import type { StorageSummary } from '../ports/saga-storage.js';
import type { StoredSaga } from './stored-saga.js';
import { isRetryWait } from '../journal/park.js';

/** Counts and ages of the sagas that are open or stuck. */
export function summarizeSagas(sagas: readonly StoredSaga[], now: number): StorageSummary {
  const headers = sagas.map(({ header }) => header);
  const count = (status: SagaStatus): number => headers.filter((header) => header.status === status).length;
  const open = headers.filter((header) => isOpen(header.status));
  const ages = sagas.flatMap((saga) => ageOf(saga, now) ?? []);
  const groups = groupByIdentity(open);
  return {
    pending: count(SagaStatus.Pending),
    running: count(SagaStatus.Running),
    compensating: count(SagaStatus.Compensating),
    stuck: count(SagaStatus.Stuck),
    waiting: open.filter(({ waiting }) => waiting !== undefined).length,
    waitingFor: countByKind(open),
    oldestOpenAgeMs: ages.length === 0 ? undefined : ages.reduce((one, other) => Math.max(one, other), 0),
    open: [...groups.values()].flatMap((group) => {
      const [first] = group;
      return first === undefined ? [] : [{ saga: first.saga, version: first.version, count: group.length }];
    }),
  };
}

/** The age of an open saga since it last waited; undefined while it waits for anything except the next attempt of a step. */
function ageOf({ header, resumedAt }: StoredSaga, now: number): number | undefined {
  const { status, waiting, nextRunAt, createdAt } = header;
  if (!isOpen(status)) return undefined;
  if (waiting === undefined || isRetryWait(waiting)) return now - (resumedAt ?? createdAt.getTime());
  return nextRunAt !== undefined && nextRunAt.getTime() <= now ? now - nextRunAt.getTime() : undefined;
}

function countByKind(headers: readonly SagaHeader[]): StorageSummary['waitingFor'] {
  const counts: { -readonly [Kind in keyof StorageSummary['waitingFor']]: number } = {};
  for (const { waiting } of headers) {
    if (waiting !== undefined) counts[waiting.for] = (counts[waiting.for] ?? 0) + 1;
  }
  return counts;
}

function groupByIdentity(headers: readonly SagaHeader[]): ReadonlyMap<string, readonly SagaHeader[]> {
  const groups = new Map<string, SagaHeader[]>();
  for (const header of headers) {
    const identity = `${header.saga}@${header.version}`;
    groups.set(identity, [...(groups.get(identity) ?? []), header]);
  }
  return groups;
}
