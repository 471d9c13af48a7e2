import { isOpen } from '@nest-saga/core';
import type { SagaStatus, SagaWaiting, StorageSummary } from '@nest-saga/core';
import { required } from '../statement.js';
import type { Row } from '../statement.js';

/** The summary of the groups of `summarizeStatement`. */
export function toStorageSummary(rows: readonly Row[]): StorageSummary {
  const groups = rows.map(toGroup);
  const count = (status: SagaStatus): number =>
    groups.filter((group) => group.status === status).reduce((sum, group) => sum + group.count, 0);
  const open = groups.filter(({ status }) => isOpen(status));
  const ages = open.flatMap(({ ageMs }) => ageMs ?? []);
  return {
    pending: count('pending'),
    running: count('running'),
    compensating: count('compensating'),
    stuck: count('stuck'),
    waiting: open.reduce((sum, group) => sum + (group.waitingFor === undefined ? 0 : group.count), 0),
    waitingFor: byKind(open),
    oldestOpenAgeMs: ages.length === 0 ? undefined : Math.max(0, ...ages),
    open: byIdentity(open),
  };
}

interface Group {
  readonly status: SagaStatus;
  readonly saga: string;
  readonly version: number;
  readonly count: number;
  readonly waitingFor: SagaWaiting['for'] | undefined;
  /** Undefined if all of them wait for something that is not an attempt of a step. */
  readonly ageMs: number | undefined;
}

function toGroup(row: Row): Group {
  const { age_ms: ageMs, waiting_for: waitingFor } = row;
  return {
    status: required(row, 'status') as SagaStatus,
    saga: required(row, 'saga_name'),
    version: Number(required(row, 'saga_version')),
    count: Number(required(row, 'count')),
    waitingFor: typeof waitingFor === 'string' ? (waitingFor as SagaWaiting['for']) : undefined,
    ageMs: typeof ageMs === 'string' ? Number(ageMs) : undefined,
  };
}

function byKind(groups: readonly Group[]): StorageSummary['waitingFor'] {
  const counts: { -readonly [Kind in keyof StorageSummary['waitingFor']]: number } = {};
  for (const { waitingFor, count } of groups) {
    if (waitingFor !== undefined) counts[waitingFor] = (counts[waitingFor] ?? 0) + count;
  }
  return counts;
}

function byIdentity(groups: readonly Group[]): StorageSummary['open'] {
  const counts = new Map<string, { saga: string; version: number; count: number }>();
  for (const { saga, version, count } of groups) {
    const identity = `${saga}@${version}`;
    const counted = counts.get(identity);
    if (counted === undefined) counts.set(identity, { saga, version, count });
    else counted.count += count;
  }
  return [...counts.values()];
}
