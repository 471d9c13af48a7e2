import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isSagaId } from '../journal/saga-id.js';
import { maximumSeq } from './maximum-seq.js';
import type { OutboxPosition } from './saga-outbox.js';

/** The end of a page of messages as the opaque text that requests the next page. */
export function encodeOutboxCursor({ sagaId, seq, sink }: OutboxPosition): string {
  return `${sagaId}~${seq}~${sink}`;
}

/**
 * The inverse of `encodeOutboxCursor`.
 *
 * @throws InvalidArgumentError for a text that no page returned.
 */
export function decodeOutboxCursor(cursor: string): OutboxPosition {
  const [sagaId = '', number = '', ...rest] = cursor.split('~');
  const seq = Number(number);
  const isSeq = Number.isInteger(seq) && seq >= 1 && seq <= maximumSeq && String(seq) === number;
  if (isSagaId(sagaId) && isSeq && rest.length > 0) return { sagaId, seq, sink: rest.join('~') };
  throw new InvalidArgumentError('cursor', 'pass on what nextCursor of the last page gave, or leave it out');
}
