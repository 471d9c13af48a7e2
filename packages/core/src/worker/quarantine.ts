import type { SagaState } from '../journal/saga-state.js';
import type { Clock } from '../ports/clock.js';

/** From this many recoveries without progress on, a saga may be what its owners died of. */
const suspectAfterRecoveries = 2;

/**
 * Keeps a saga that kills its process from ruining those beside it. Every saga that made no progress when a process
 * died counts one more recovery, the healthy ones too; so once a saga has seen two owners die, a worker lets such
 * sagas in one by one, and the next only when it has outlived the last one for a while. The deadly one meets its limit
 * without the others.
 */
export class Quarantine {
  private nextAt = Number.NEGATIVE_INFINITY;

  /** @param observationMs How long a worker waits after one suspect before it lets in the next. */
  constructor(
    private readonly clock: Clock,
    private readonly observationMs: number,
  ) {}

  /** How long a claimed saga has to wait before it may run here, in milliseconds; 0 lets it in. */
  waitFor(state: SagaState, maximumRecoveryAttempts: number): number {
    const isSuspect = state.recoveries >= suspectAfterRecoveries;
    // Over its limit it runs nothing more: it is only to be marked.
    if (!isSuspect || state.recoveries > maximumRecoveryAttempts) return 0;
    const now = this.clock.monotonicNow();
    if (now < this.nextAt) return Math.ceil(this.nextAt - now);
    this.nextAt = now + this.observationMs;
    return 0;
  }
}
