import type { AppendRequest } from '@nest-saga/core';
import type { Tables } from '../tables.js';
import type { WritePart } from './write-part.js';
import { columnsOf } from './columns.js';

/**
 * Whether the header is locked before the entry is written. A claim locks it first, and then needs the `seq` of its
 * entry; a request from outside that changes the header is for a saga without an owner, which may be claimed at the
 * same time. If it wrote its entry first, each would wait for the other. The entries of an owner meet no claim.
 */
export function locksFirst({ worker, change }: AppendRequest): boolean {
  return worker === undefined && change !== undefined;
}

/**
 * Selects the headers to lock, in one common order for all statements that lock several. The condition is evaluated
 * before anything is locked.
 */
export function lockHeaders({ execution }: Tables, ids: string, condition: string): string {
  return `SELECT header.id FROM ${execution} AS header
    WHERE header.id IN (${ids}) AND ${condition}
    ORDER BY header.id
    FOR NO KEY UPDATE OF header`;
}

/** A condition for everything that has to wait until all rows of the expression `locked` are locked. Always true. */
export const areLocked = '(SELECT count(*) FROM locked) IS NOT NULL';

/** Locks the headers of requests, as a part beside `appendEntries`. */
export function lockRequested(tables: Tables, requests: readonly AppendRequest[]): WritePart {
  const columns = columnsOf(requests, { saga_id: ['uuid', ({ sagaId }) => sagaId] });
  return {
    key: 'l',
    name: 'locked',
    isAnswer: false,
    values: columns.values,
    sql: (first) =>
      lockHeaders(
        tables,
        `SELECT request.saga_id FROM ${columns.unnest(first, 'request')}`,
        '(SELECT at FROM moment) IS NOT NULL',
      ),
  };
}
