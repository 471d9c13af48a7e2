import type { SagaListQuery } from '@nest-saga/core';
import { InvalidArgumentError } from '@nest-saga/core';
import {
  isDate,
  checkListLimit,
  checkListNames,
  checkMinimum,
  checkOneOf,
  checkStaleForMs,
  checkStatuses,
  checkTags,
  checkText,
  checkWaiting,
  decodeCursor,
  isListDate,
} from '@nest-saga/core/engine';

/** The filters for a list of executions. There are only these, so that an index serves every list. */
export interface SagaList extends Omit<SagaListQuery, 'limit'> {
  /** The size of a page, from 1 to 1,000. @default 50 */
  readonly limit?: number;
}

/**
 * The same filters as strings of a URL's query, for example `?status=stuck,running&tags=customer:42&limit=20`. Several statuses are
 * separated by commas, or the parameter is repeated; `tags` is one tag, or is repeated.
 */
export type SagaListStrings = {
  readonly [Name in keyof SagaList]?: Name extends 'status' | 'tags' ? string | readonly string[] : string;
};

/** The size of a page if the query has none. */
export const defaultLimit = 50;

/**
 * Checks a query, which may come from a request: numbers and moments may be text.
 *
 * @throws InvalidArgumentError
 */
export function checkSagaList(query: unknown): SagaListQuery {
  const { status, saga, key, keyPrefix, tags, waiting, owner, ...rest } = checkListNames(query);
  const { minimumAttempts, minimumRecoveries, staleForMs, from, to, order, cursor } = rest;
  const { limit = defaultLimit } = rest;
  return {
    limit: checkListLimit(readNumber(limit)),
    ...optional('status', status, checkStatuses),
    ...optional('saga', saga, (value) => checkText('saga', value, 100)),
    ...optional('key', key, (value) => checkText('key', value, 200)),
    ...optional('keyPrefix', keyPrefix, (value) => checkText('keyPrefix', value, 200)),
    ...optional('tags', tags, (value) => checkTags(typeof value === 'string' ? [value] : value)),
    ...optional('waiting', waiting, checkWaiting),
    ...optional('owner', owner, (value) => checkText('owner', value, 200)),
    ...optional('minimumAttempts', minimumAttempts, (value) => checkMinimum('minimumAttempts', value)),
    ...optional('minimumRecoveries', minimumRecoveries, (value) => checkMinimum('minimumRecoveries', value)),
    ...optional('staleForMs', staleForMs, checkStaleForMs),
    ...optional('from', from, (value) => checkDate('from', value)),
    ...optional('to', to, (value) => checkDate('to', value)),
    ...optional('order', order, (value) => checkOneOf('order', value, ['newest', 'oldest'] as const)),
    ...optional('cursor', cursor, checkCursor),
  };
}

/** A property that is left out if the query has no such value. */
export function optional<Name extends string, Value>(
  name: Name,
  value: unknown,
  check: (value: unknown) => Value,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: check(value) } as Record<Name, Value>);
}

/** Accepts only digits: `Number` would read an empty text as 0, and accepts other notations. */
export function readNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value;
}

/**
 * A date without a time means its first moment in UTC. A time without a zone would be a different moment on each
 * machine.
 */
const isoMoment = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Checks a moment, which may be text.
 *
 * @throws InvalidArgumentError
 */
export function checkDate(name: string, value: unknown): Date {
  const date = typeof value === 'string' ? readMoment(value) : value;
  if (isDate(date) && isListDate(date)) return date;
  throw new InvalidArgumentError(
    name,
    'pass a Date of the years 1 to 9999, or such a moment in ISO 8601 with its zone, for example "2026-01-31T09:30:00Z"',
  );
}

function readMoment(text: string): Date | undefined {
  const [, day] = isoMoment.exec(text) ?? [];
  if (day === undefined) return undefined;
  const start = new Date(day);
  // JavaScript would read September 31 as October 1.
  const exists = !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day);
  return exists ? new Date(text) : undefined;
}

function checkCursor(cursor: unknown): string {
  const text = checkText('cursor', cursor, 200);
  decodeCursor(text);
  return text;
}
