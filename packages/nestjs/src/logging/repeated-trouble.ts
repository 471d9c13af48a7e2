import type { Clock } from '@nest-saga/core';

/** For so long the same trouble is told once. */
const quietMs = 30_000;

/**
 * Thins out what would flood a log while a database is away: of each kind of trouble one line in thirty seconds, with
 * the number of those that were kept back before it.
 */
export class RepeatedTrouble {
  private readonly quietUntil = new Map<string, number>();
  private readonly keptBack = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** What to add to the line, or undefined where the line is to be left out. */
  tell(kind: string): string | undefined {
    const now = this.clock.monotonicNow();
    const keptBack = this.keptBack.get(kind) ?? 0;
    if (now < (this.quietUntil.get(kind) ?? 0)) {
      this.keptBack.set(kind, keptBack + 1);
      return undefined;
    }
    this.quietUntil.set(kind, now + quietMs);
    this.keptBack.delete(kind);
    return keptBack === 0 ? '' : ` (and ${keptBack} times more since this was last told)`;
  }
}
