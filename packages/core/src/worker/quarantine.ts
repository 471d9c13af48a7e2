import type { SagaState } from '../journal/saga-state.js';
import type { Clock } from '../ports/clock.js';

/** From this many recoveries without progress on, a saga may be what its owners died of. */
const suspectAfterRecoveries = 2;
const largestCrowd = 1_024;

interface Observed {
  readonly since: number;
  /** The most suspects, itself included, among which it may run. */
  readonly crowd: number;
}

/**
 * Keeps a saga that kills its process from ruining those beside it. Every saga that made no progress when a process
 * died counts one more recovery, the healthy ones too; so once a saga has seen two owners die, a worker lets such
 * sagas in one first, and then more and more at a time, as those before them make progress or outlive their
 * observation. The more owners a saga has seen die, the smaller is the crowd it is let into, and at its limit it is
 * tried alone: the deadly one meets its limit without the others.
 */
export class Quarantine {
  private readonly observed = new Map<string, Observed>();
  private crowd = 1;

  /** @param observationMs After this long a suspect that made no progress is no longer taken for deadly. */
  constructor(
    private readonly clock: Clock,
    private readonly observationMs: number,
  ) {}

  /** How long a claimed saga has to wait before it may run here, in milliseconds; 0 lets it in. */
  waitFor(sagaId: string, { recoveries }: SagaState, maximumRecoveryAttempts: number): number {
    // Over its limit it runs nothing more: it is only to be marked.
    if (recoveries < suspectAfterRecoveries || recoveries > maximumRecoveryAttempts) return 0;
    const now = this.clock.monotonicNow();
    this.dismissOutlived(now);
    const deaths = recoveries - suspectAfterRecoveries;
    const crowd =
      recoveries === maximumRecoveryAttempts ? 1 : Math.max(1, Math.floor(this.crowd / 4 ** deaths));
    const size = this.observed.size + 1;
    const isLetIn = size <= crowd && [...this.observed.values()].every((other) => size <= other.crowd);
    if (!isLetIn) return this.waitBehind(now);
    this.observed.set(sagaId, { since: now, crowd });
    return 0;
  }

  /** A saga made progress: whatever it may be, it is not deadly here and now. */
  progressed(sagaId: string): void {
    if (this.observed.size > 0 && this.observed.delete(sagaId)) this.grow();
  }

  /** A saga is no longer run here. */
  left(sagaId: string): void {
    this.observed.delete(sagaId);
  }

  private dismissOutlived(now: number): void {
    for (const [sagaId, { since }] of this.observed) {
      if (now - since >= this.observationMs) this.progressed(sagaId);
    }
  }

  private grow(): void {
    if (this.observed.size === 0) this.crowd = Math.min(this.crowd * 2, largestCrowd);
  }

  // Soon, because most suspects are healthy and prove it at once; later and later behind one that takes its time.
  private waitBehind(now: number): number {
    const [oldest] = this.observed.values();
    const ageMs = oldest === undefined ? 0 : now - oldest.since;
    return Math.ceil(Math.max(this.observationMs / 20, Math.min(ageMs, this.observationMs - ageMs)));
  }
}
