import type { Clock } from '@nest-saga/core';

/** How long the log leaves out repetitions of the same problem, in milliseconds. */
const quietMs = 30_000;

/**
 * Keeps a log short while a database is unreachable: one line in thirty seconds for each kind of problem, with the
 * number of lines that were left out since the last one.
 */
export class RepeatedTrouble {
  private readonly quietUntil = new Map<string, number>();
  private readonly keptBack = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** The end of the line with the number of omitted lines, or undefined if this line is to be left out. */
  countOmitted(kind: string): string | undefined {
    const now = this.clock.monotonicNow();
    const keptBack = this.keptBack.get(kind) ?? 0;
    if (now < (this.quietUntil.get(kind) ?? 0)) {
      this.keptBack.set(kind, keptBack + 1);
      return undefined;
    }
    this.quietUntil.set(kind, now + quietMs);
    this.keptBack.delete(kind);
    return keptBack === 0 ? '' : ` (and ${keptBack} more since this was last logged)`;
  }
}
