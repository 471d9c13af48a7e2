import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** Where a page of a list ended. */
export interface ListPosition {
  readonly createdAt: Date;
  readonly sagaId: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A page's end as the opaque text that asks for the next page. */
export function encodeCursor({ createdAt, sagaId }: ListPosition): string {
  return `${createdAt.toISOString()}~${sagaId}`;
}

/**
 * The inverse of `encodeCursor`.
 *
 * @throws InvalidArgumentError for a text that no page gave.
 */
export function decodeCursor(cursor: string): ListPosition {
  const [time = '', sagaId = ''] = cursor.split('~');
  const createdAt = new Date(time);
  if (Number.isNaN(createdAt.getTime()) || !uuid.test(sagaId)) {
    throw new InvalidArgumentError(
      'cursor',
      'pass on what nextCursor of the last page gave, or leave it out',
    );
  }
  return { createdAt, sagaId };
}
