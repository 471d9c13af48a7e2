import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkNames } from '../options/check-names.js';

const listQueryNames = [
  'status',
  'saga',
  'key',
  'keyPrefix',
  'tags',
  'waiting',
  'owner',
  'minimumAttempts',
  'minimumRecoveries',
  'staleForMs',
  'from',
  'to',
  'order',
  'cursor',
  'limit',
];

/**
 * Refuses a query with unknown names: a misspelt filter would list everything.
 *
 * @throws InvalidArgumentError
 */
export function checkListNames(query: unknown): Readonly<Record<string, unknown>> {
  return checkNames('query', query, listQueryNames);
}

/**
 * Checks the size of a page of a list, which may come from a request.
 *
 * @throws InvalidArgumentError if it is not a whole number from 1 to 1,000.
 */
export function checkListLimit(limit: unknown): number {
  if (Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= 1_000) return Number(limit);
  throw new InvalidArgumentError('limit', 'pass a whole number from 1 to 1,000');
}
