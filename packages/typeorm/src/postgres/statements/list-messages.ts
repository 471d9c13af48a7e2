import { decodeOutboxCursor } from '@nest-saga/core/storage-kit';
import type { OutboxListQuery } from '@nest-saga/core/storage-kit';
import type { Tables } from '../tables.js';
import type { BoundStatement } from './grouped-write.js';
import { timeColumn } from '../mapping/time-column.js';

/** One page of messages. Planned each time: the best plan depends on the values. */
export function listMessages(
  { outbox, execution }: Tables,
  { parked, sink, sagaId, cursor }: OutboxListQuery,
  limit: number,
): BoundStatement {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  if (parked !== undefined) conditions.push(parked ? 'message.parked' : 'NOT message.parked');
  if (sink !== undefined) conditions.push(`message.sink = ${parameter(sink, 'text')}`);
  if (sagaId !== undefined) conditions.push(`message.saga_id = ${parameter(sagaId, 'uuid')}`);
  if (cursor !== undefined) {
    const after = decodeOutboxCursor(cursor);
    const position = [
      parameter(after.sagaId, 'uuid'),
      parameter(after.seq, 'integer'),
      parameter(after.sink, 'text'),
    ];
    conditions.push(`(message.saga_id, message.seq, message.sink COLLATE "C") > (${position.join(', ')})`);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const text = `SELECT message.saga_id, message.seq, message.sink, message.attempts, message.parked,
  ${timeColumn('message.next_try_at')} AS next_try_at, header.saga_name
FROM ${outbox} AS message
LEFT JOIN ${execution} AS header ON header.id = message.saga_id
${where}
ORDER BY message.saga_id, message.seq, message.sink COLLATE "C"
LIMIT ${parameter(limit, 'integer')}`;
  return { statement: { name: undefined, text }, values };
}
