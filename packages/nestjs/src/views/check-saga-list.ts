import type { SagaListQuery } from '@nest-saga/core';
import { InvalidArgumentError, SagaStatus } from '@nest-saga/core';
import {
  isDate,
  checkListLimit,
  checkListNames,
  checkText,
  decodeCursor,
  isListDate,
} from '@nest-saga/core/engine';

/** The filters for a list of executions. There are only these, so that an index serves every list. */
export interface SagaList extends Omit<SagaListQuery, 'limit'> {
  /** The size of a page, from 1 to 1,000. @default 50 */
  readonly limit?: number;
}

/** The same filters as strings of a URL's query, for example `?status=stuck&from=2026-01-31&limit=20`. */
export type SagaListStrings = { readonly [Name in keyof SagaList]?: string };

/** The size of a page if the query has none. */
export const defaultLimit = 50;

/**
 * Checks a query, which may come from a request: numbers and moments may be text.
 *
 * @throws InvalidArgumentError
 */
export function checkSagaList(query: unknown): SagaListQuery {
  const { status, saga, key, from, to, order, cursor, limit = defaultLimit } = checkListNames(query);
  return {
    limit: checkListLimit(readNumber(limit)),
    ...optional('status', status, (value) => checkOneOf('status', value, Object.values(SagaStatus))),
    ...optional('saga', saga, (value) => checkText('saga', value, 100)),
    ...optional('key', key, (value) => checkText('key', value, 200)),
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

function checkOneOf<Value extends string>(name: string, value: unknown, allowed: readonly Value[]): Value {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(name, `pass one of ${allowed.map((one) => `"${one}"`).join(', ')}`);
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

function checkDate(name: string, value: unknown): Date {
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
