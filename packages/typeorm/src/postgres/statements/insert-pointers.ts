import type { AppendRequest } from '@nest-saga/core';
import type { NewPointer } from '@nest-saga/core/storage-kit';
import type { Tables } from '../tables.js';
import type { WritePart } from './write-part.js';
import { columnsOf } from './columns.js';

/** Inserts the pointers of the entries that were written by the part `stored` beside it. See `changeHeaders` for `IS TRUE`. */
export function insertPointers({ outbox }: Tables, appends: readonly AppendRequest[]): WritePart {
  const rows = appends.flatMap(({ sagaId, seq, pointers = [] }) =>
    pointers.map((pointer) => ({ sagaId, seq, ...pointer })),
  );
  const columns = columnsOf<Position & NewPointer>(rows, {
    saga_id: ['uuid', ({ sagaId }) => sagaId],
    seq: ['integer', ({ seq }) => seq],
    sink: ['text', ({ sink }) => sink],
    lease: ['text', ({ lease }) => lease?.relay ?? null],
    lease_ms: ['bigint', ({ lease }) => (lease === undefined ? null : Math.round(lease.durationMs))],
  });
  const leasedUntil = "moment.at + pointer.lease_ms * interval '1 millisecond'";
  return {
    key: 'o',
    name: 'pointed',
    isAnswer: false,
    values: columns.values,
    sql: (first) => `INSERT INTO ${outbox} (saga_id, seq, sink, lease, leased_until, next_try_at, recorded_at)
    SELECT pointer.saga_id, pointer.seq, pointer.sink, pointer.lease, ${leasedUntil}, coalesce(${leasedUntil}, moment.at), moment.at
    FROM ${columns.unnest(first, 'pointer')}, moment
    WHERE (pointer.saga_id IN (SELECT id FROM stored)) IS TRUE`,
  };
}

interface Position {
  readonly sagaId: string;
  readonly seq: number;
}
