import type { RetryPolicy } from '../options/step-policies.js';

/**
 * The delay after a failed attempt, in milliseconds: exponential backoff with a limit, of which the share `jitter` is
 * random, so that sagas that failed together do not return together (Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015).
 *
 * @param failedAttempts The number of failed attempts so far, at least 1.
 * @param random From 0 to 1.
 */
export function retryDelay(
  policy: Pick<RetryPolicy, 'initialIntervalMs' | 'backoffCoefficient' | 'maximumIntervalMs' | 'jitter'>,
  failedAttempts: number,
  random: number,
): number {
  // The power overflows to Infinity in a long series, and 0 * Infinity is NaN: the limit applies to a finite interval
  // only.
  const growth = policy.backoffCoefficient ** (failedAttempts - 1);
  const interval =
    policy.initialIntervalMs === 0
      ? 0
      : Math.min(policy.initialIntervalMs * growth, policy.maximumIntervalMs);
  return Math.round(interval * (1 - policy.jitter * random));
}
