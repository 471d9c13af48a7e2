import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/**
 * Checks how many sagas a page of a list is to have, which may come from a request.
 *
 * @throws InvalidArgumentError for anything but a whole number from 1 to 1,000.
 */
export function checkListLimit(limit: unknown): number {
  if (Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= 1_000) return Number(limit);
  throw new InvalidArgumentError('limit', 'pass a whole number from 1 to 1,000');
}
