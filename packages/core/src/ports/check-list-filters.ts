import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { waitKinds } from '../journal/park.js';
import { SagaStatus } from '../journal/saga-status.js';
import { maximumWaitMs } from '../options/option.js';
import { waitingFilter } from './waiting-filter.js';

/**
 * Checks the filter for statuses, which may come from a request: one, a list, or several separated by commas.
 *
 * @throws InvalidArgumentError
 */
export function checkStatuses(given: unknown): SagaStatus | readonly SagaStatus[] {
  const several: unknown = typeof given === 'string' && given.includes(',') ? given.split(',') : given;
  if (!Array.isArray(several)) return checkOneOf('status', several, allStatuses);
  if (several.length === 0 || several.length > allStatuses.length)
    throw new InvalidArgumentError('status', `pass 1 to ${allStatuses.length} statuses`);
  return several.map((one: unknown) => checkOneOf('status', one, allStatuses));
}

/**
 * Checks the filter for waits: a kind, or a kind and a name.
 *
 * @throws InvalidArgumentError
 */
export function checkWaiting(given: unknown): string {
  const text = typeof given === 'string' && given.length <= 200 ? given : '';
  checkOneOf('waiting', waitingFilter(text).for, Object.keys(waitKinds));
  return text;
}

/**
 * Checks a number of attempts or recoveries, which may be text.
 *
 * @throws InvalidArgumentError
 */
export function checkMinimum(name: string, given: unknown): number {
  const count = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= maximumCount)
    return count;
  throw new InvalidArgumentError(name, 'pass a whole number from 1 to 999,999,999');
}

/**
 * Checks a time without news of a saga, which may be text.
 *
 * @throws InvalidArgumentError
 */
export function checkStaleForMs(given: unknown): number {
  const staleForMs = typeof given === 'string' && /^\d{1,13}$/.test(given) ? Number(given) : given;
  if (typeof staleForMs === 'number' && staleForMs > 0 && staleForMs <= maximumWaitMs)
    return Math.ceil(staleForMs);
  throw new InvalidArgumentError(
    'staleForMs',
    `pass a number of milliseconds over 0 and at most ${maximumWaitMs}, such as hours(1)`,
  );
}

/**
 * Checks that a value is one of several words.
 *
 * @throws InvalidArgumentError
 */
export function checkOneOf<Value extends string>(
  name: string,
  value: unknown,
  allowed: readonly Value[],
): Value {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(name, `pass one of ${allowed.map((one) => `"${one}"`).join(', ')}`);
}

const allStatuses = Object.values(SagaStatus);
const maximumCount = 999_999_999;
