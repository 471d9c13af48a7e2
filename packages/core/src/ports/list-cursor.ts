import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isSagaId } from '../journal/saga-id.js';

/** The end of a page of a list. */
export interface ListPosition {
  readonly createdAt: Date;
  readonly sagaId: string;
}

/** The end of a page as the opaque text that requests the next page. */
export function encodeCursor({ createdAt, sagaId }: ListPosition): string {
  return `${createdAt.toISOString()}~${sagaId}`;
}

/**
 * The inverse of `encodeCursor`.
 *
 * @throws InvalidArgumentError for a text that no page returned.
 */
export function decodeCursor(cursor: string): ListPosition {
  const [time = '', sagaId = ''] = cursor.split('~');
  const createdAt = new Date(time);
  const isWhole = isListDate(createdAt) && isSagaId(sagaId) && encodeCursor({ createdAt, sagaId }) === cursor;
  if (!isWhole) {
    throw new InvalidArgumentError(
      'cursor',
      'pass on what nextCursor of the last page gave, or leave it out',
    );
  }
  return { createdAt, sagaId };
}

/** The end of a page of sagas that wait. */
export interface WaitingPosition extends ListPosition {
  /** The name of the wait. */
  readonly name: string;
}

/** As `encodeCursor`, for a list of sagas that wait. */
export function encodeWaitingCursor({ name, ...position }: WaitingPosition): string {
  return `${name}~${encodeCursor(position)}`;
}

/**
 * The inverse of `encodeWaitingCursor`.
 *
 * @throws InvalidArgumentError for a text that no page returned.
 */
export function decodeWaitingCursor(cursor: string): WaitingPosition {
  const end = cursor.indexOf('~');
  return { name: cursor.slice(0, Math.max(0, end)), ...decodeCursor(cursor.slice(end + 1)) };
}

/** Whether sagas can be listed from or to this moment: the years that every storage and ISO 8601 support, 1 to 9999. */
export function isListDate(moment: Date): boolean {
  const time = moment.getTime();
  return time >= firstYear && time < afterLastYear;
}

const firstYear = Date.parse('0001-01-01T00:00:00.000Z');
const afterLastYear = Date.parse('+010000-01-01T00:00:00.000Z');
