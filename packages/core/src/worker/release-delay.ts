const firstDelayMs = 1_000;
const longestDelayMs = 300_000;

/**
 * How long a saga that could not run here is not claimed, in milliseconds, if the reason is not its own. The delay
 * grows, so that sagas at the head of the queue that no worker can run do not block those after them.
 */
export function releaseDelayMs(recoveries: number): number {
  return Math.min(firstDelayMs * 2 ** recoveries, longestDelayMs);
}
