import type { RecordedEntry } from '../execution/recorded-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import type { Clock } from '../ports/clock.js';
import type { EntrySubscriber } from './publication-feed.js';

/** From this many recoveries without progress on, a saga may have killed its owners. */
const suspectAfterRecoveries = 2;
const largestBatch = 1_024;

interface Observed {
  readonly since: number;
  /** The maximum number of suspects, itself included, with which it may run. */
  readonly batch: number;
}

/**
 * Protects other sagas from one that kills its process. Every saga that made no progress when a process died counts one
 * more recovery, including the healthy ones. So after two deaths of its owners, a worker admits such sagas one by one
 * at first, and then more at the same time, as earlier ones make progress or outlive their observation. The more owners
 * of a saga have died, the smaller is the batch in which it runs, and at its limit it runs alone: the deadly one
 * reaches its limit without the others.
 */
export class Quarantine implements EntrySubscriber {
  private readonly observed = new Map<string, Observed>();
  private batch = 1;

  /** @param observationMs After this time a suspect without progress does not count as deadly any more. */
  constructor(
    private readonly clock: Clock,
    private readonly observationMs: number,
  ) {}

  /** How long a claimed saga has to wait before it may run here, in milliseconds; 0 admits it. */
  admissionDelay(sagaId: string, { recoveries }: SagaState, maximumRecoveryAttempts: number): number {
    // A saga over its limit does not run a step again: it only becomes stuck.
    if (recoveries < suspectAfterRecoveries || recoveries > maximumRecoveryAttempts) return 0;
    const now = this.clock.monotonicNow();
    this.dismissOutlived(now);
    const deaths = recoveries - suspectAfterRecoveries;
    const batch =
      recoveries === maximumRecoveryAttempts ? 1 : Math.max(1, Math.floor(this.batch / 4 ** deaths));
    const size = this.observed.size + 1;
    const isAdmitted = size <= batch && [...this.observed.values()].every((other) => size <= other.batch);
    if (!isAdmitted) return this.waitBehind(now);
    this.observed.set(sagaId, { since: now, batch });
    return 0;
  }

  /** A saga that made progress did not end this process. */
  recorded({ before, after, header }: RecordedEntry): void {
    if (after.recoveries < before.recoveries) this.progressed(header.sagaId);
  }

  /** A saga does not run here any more. */
  left(sagaId: string): void {
    this.observed.delete(sagaId);
  }

  private progressed(sagaId: string): void {
    if (this.observed.size > 0 && this.observed.delete(sagaId)) this.grow();
  }

  private dismissOutlived(now: number): void {
    for (const [sagaId, { since }] of this.observed) {
      if (now - since >= this.observationMs) this.progressed(sagaId);
    }
  }

  private grow(): void {
    if (this.observed.size === 0) this.batch = Math.min(this.batch * 2, largestBatch);
  }

  // The delay is short at first, because most suspects are healthy and prove it at once, and grows with the age of the
  // oldest one that is observed.
  private waitBehind(now: number): number {
    const [oldest] = this.observed.values();
    const ageMs = oldest === undefined ? 0 : now - oldest.since;
    return Math.ceil(Math.max(this.observationMs / 20, Math.min(ageMs, this.observationMs - ageMs)));
  }
}
