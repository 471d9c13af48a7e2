import { InvalidArgumentError } from '@nest-saga/core';
import type { OutboxListQuery } from '@nest-saga/core/engine';
import {
  checkListLimit,
  checkNames,
  checkSagaId,
  checkText,
  decodeOutboxCursor,
} from '@nest-saga/core/engine';
import { defaultLimit, optional, readNumber } from './check-saga-list.js';

/** The filters for a list of messages that are still to be delivered. */
export interface MessageListQuery extends Omit<OutboxListQuery, 'limit'> {
  /** The size of a page, from 1 to 1,000. @default 50 */
  readonly limit?: number;
}

/** The same filters as strings of a URL's query, for example `?parked=true&limit=20`. */
export type MessageListStrings = { readonly [Name in keyof MessageListQuery]?: string };

const known = ['parked', 'sink', 'sagaId', 'cursor', 'limit'];

/**
 * Checks a query, which may come from a request: the limit and `parked` may be text.
 *
 * @throws InvalidArgumentError
 */
export function checkMessageList(query: unknown): OutboxListQuery {
  const { parked, sink, sagaId, cursor, limit = defaultLimit } = checkNames('query', query, known);
  return {
    limit: checkListLimit(readNumber(limit)),
    ...optional('parked', parked, checkFlag),
    ...optional('sink', sink, (value) => checkText('sink', value, 200)),
    ...optional('sagaId', sagaId, checkSagaId),
    ...optional('cursor', cursor, checkCursor),
  };
}

function checkFlag(value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new InvalidArgumentError('parked', 'pass true or false');
}

function checkCursor(cursor: unknown): string {
  const text = checkText('cursor', cursor, 400);
  decodeOutboxCursor(text);
  return text;
}
