/** The smallest value that covers this share of the values; 0 for no values. `sorted` is in ascending order. */
export function percentile(sorted: readonly number[], share: number): number {
  const index = Math.ceil(sorted.length * share) - 1;
  return sorted[Math.max(0, index)] ?? 0;
}

/**
 * The median of the values, in any order; with an even number of values, the mean of the two middle ones. 0 for no
 * values.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
