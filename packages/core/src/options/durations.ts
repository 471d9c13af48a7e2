import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/**
 * A number of seconds in milliseconds, for any option that ends in `Ms`.
 *
 * @throws InvalidArgumentError if it is not a finite number of at least 0, or is more than a `Date` can hold.
 * @example
 * retry: { maximumAttempts: 5, initialIntervalMs: seconds(10) }
 */
export function seconds(count: number): number {
  return inMilliseconds('seconds', count, 1_000);
}

/** A number of minutes in milliseconds: see {@link seconds}. */
export function minutes(count: number): number {
  return inMilliseconds('minutes', count, 60_000);
}

/** A number of hours in milliseconds: see {@link seconds}. */
export function hours(count: number): number {
  return inMilliseconds('hours', count, 3_600_000);
}

/** A number of days of 24 hours in milliseconds, regardless of changes of local time: see {@link seconds}. */
export function days(count: number): number {
  return inMilliseconds('days', count, 86_400_000);
}

/** The longest time that a `Date` can hold, from 1970. */
const longestMs = 8_640_000_000_000_000;

function inMilliseconds(unit: string, count: unknown, unitMs: number): number {
  const ms = typeof count === 'number' ? Math.round(count * unitMs) : Number.NaN;
  if (ms >= 0 && ms <= longestMs) return ms === 0 ? 0 : ms;
  throw new InvalidArgumentError(
    unit,
    `pass a number from 0 to ${longestMs / unitMs}; ${unit}(1) is ${unitMs} milliseconds`,
  );
}
