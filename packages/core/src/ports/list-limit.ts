import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkNames } from '../options/check-names.js';

const listQueryNames = ['status', 'saga', 'key', 'from', 'to', 'order', 'cursor', 'limit'];

/**
 * Checks that a storage is asked for nothing that it does not know: a misspelt filter would list everything.
 *
 * @throws InvalidArgumentError
 */
export function checkListNames(query: unknown): Readonly<Record<string, unknown>> {
  return checkNames('query', query, listQueryNames);
}

/**
 * Checks how many sagas a page of a list is to have, which may come from a request.
 *
 * @throws InvalidArgumentError for anything but a whole number from 1 to 1,000.
 */
export function checkListLimit(limit: unknown): number {
  if (Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= 1_000) return Number(limit);
  throw new InvalidArgumentError('limit', 'pass a whole number from 1 to 1,000');
}
