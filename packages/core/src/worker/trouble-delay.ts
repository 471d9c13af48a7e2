const firstDelayMs = 1_000;
const longestDelayMs = 300_000;

/**
 * How long nobody claims a saga that could not be run here for a reason that is not its own, in milliseconds. It
 * grows, so that a head of the queue that nobody can run does not keep the workers from what is behind it.
 */
export function troubleDelay(recoveries: number): number {
  return Math.min(firstDelayMs * 2 ** recoveries, longestDelayMs);
}
