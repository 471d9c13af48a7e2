import type { SagaListQuery } from '@nest-saga/core';
import {
  isDate,
  checkListLimit,
  checkListNames,
  checkText,
  decodeCursor,
  InvalidArgumentError,
  isListable,
  SagaStatus,
} from '@nest-saga/core';

/** What a list of executions is narrowed to. Nothing else can be asked for, so that every list has its index. */
export interface SagaList extends Omit<SagaListQuery, 'limit'> {
  /** The size of a page, from 1 to 1,000. @default 50 */
  readonly limit?: number;
}

const defaultLimit = 50;

/**
 * Checks a query, which may come from a request.
 *
 * @throws InvalidArgumentError
 */
export function checkSagaList(query: unknown): SagaListQuery {
  const { status, saga, key, from, to, order, cursor, limit = defaultLimit } = checkListNames(query);
  return {
    limit: checkListLimit(limit),
    ...optional('status', status, (value) => checkOneOf('status', value, Object.values(SagaStatus))),
    ...optional('saga', saga, (value) => checkText('saga', value, 100)),
    ...optional('key', key, (value) => checkText('key', value, 200)),
    ...optional('from', from, (value) => checkDate('from', value)),
    ...optional('to', to, (value) => checkDate('to', value)),
    ...optional('order', order, (value) => checkOneOf('order', value, ['newest', 'oldest'] as const)),
    ...optional('cursor', cursor, checkCursor),
  };
}

function optional<Name extends string, Value>(
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

function checkDate(name: string, value: unknown): Date {
  if (isDate(value) && isListable(value)) return value;
  throw new InvalidArgumentError(name, 'pass a Date of the years 1 to 9999');
}

function checkCursor(cursor: unknown): string {
  const text = checkText('cursor', cursor, 200);
  decodeCursor(text);
  return text;
}
