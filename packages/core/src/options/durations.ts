import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/**
 * So many seconds in milliseconds, for any option that ends in `Ms`.
 *
 * @throws InvalidArgumentError if it is no finite number of at least 0, or more than a `Date` can hold.
 * @example
 * retry: { maximumAttempts: 5, initialIntervalMs: seconds(10) }
 */
export function seconds(count: number): number {
  return inMilliseconds('seconds', count, 1_000);
}

/** So many minutes in milliseconds: see {@link seconds}. */
export function minutes(count: number): number {
  return inMilliseconds('minutes', count, 60_000);
}

/** So many hours in milliseconds: see {@link seconds}. */
export function hours(count: number): number {
  return inMilliseconds('hours', count, 3_600_000);
}

/** So many days of 24 hours in milliseconds, whatever the clocks of a country do meanwhile: see {@link seconds}. */
export function days(count: number): number {
  return inMilliseconds('days', count, 86_400_000);
}

/** What a `Date` can hold, counted from 1970. */
const longestMs = 8_640_000_000_000_000;

function inMilliseconds(unit: string, count: unknown, unitMs: number): number {
  const ms = typeof count === 'number' ? Math.round(count * unitMs) : Number.NaN;
  if (ms >= 0 && ms <= longestMs) return ms === 0 ? 0 : ms;
  throw new InvalidArgumentError(
    unit,
    `pass a number from 0 to ${longestMs / unitMs}; ${unit}(1) is ${unitMs} milliseconds`,
  );
}
