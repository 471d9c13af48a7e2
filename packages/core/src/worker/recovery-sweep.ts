import type { SagaStorageError } from '../errors/saga-storage-error.js';
import type { SagaWorkerOptions } from '../options/worker-options.js';
import type { CancelTimer, Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { LoadedSaga, SagaStorage } from '../ports/saga-storage.js';
import type { SagaIdentity } from '../definition/saga-registry.js';

/** What a sweep does with the sagas, which is its worker's affair. */
export interface RecoverySweepTarget {
  /** The worker id to claim for, or undefined while this worker may claim nothing. */
  claimant(): string | undefined;
  /** How many more may be claimed now. */
  room(): number;
  /** Takes claimed sagas over and runs them. */
  takeOver(worker: string, sagas: readonly LoadedSaga[]): void;
  /** Whether this process is running this saga or about to. */
  knows(sagaId: string): boolean;
  /** Lets go of what the storage says is this worker's, though it does not run it: an answer was lost. */
  releaseStrays(worker: string, sagaIds: readonly string[]): Promise<void>;
}

/**
 * Finds what nobody runs: releases the sagas of workers whose lease is over, and claims what is due. A sweep that
 * fails is told and the next one goes on.
 */
export class RecoverySweep {
  private cancelTimer: CancelTimer | undefined;
  private isClaiming = false;
  private isAskedAgain = false;
  private isStopped = true;
  /** When a sweep last came to its end without trouble, by the monotonic clock. */
  lastSuccessAt: number | undefined;

  constructor(
    private readonly storage: SagaStorage,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly identities: readonly SagaIdentity[],
    private readonly options: SagaWorkerOptions['recovery'],
    private readonly listener: SagaListener | undefined,
    private readonly target: RecoverySweepTarget,
  ) {}

  start(): void {
    this.isStopped = false;
    this.lastSuccessAt = this.clock.monotonicNow();
    void this.sweepAndSchedule();
  }

  stop(): void {
    this.isStopped = true;
    this.cancelTimer?.();
  }

  /** One whole sweep now. Rejects with the storage's error. */
  async sweep(): Promise<void> {
    const startedAt = this.clock.monotonicNow();
    const released = await this.releaseExpired();
    const claimed = await this.claimAll(true);
    this.lastSuccessAt = this.clock.monotonicNow();
    notifyWorker(this.listener, {
      type: 'swept',
      released,
      claimed,
      durationMs: this.lastSuccessAt - startedAt,
    });
  }

  /** There is room or there may be work: claims what is due, without waiting for the next sweep. */
  claimSoon(): void {
    if (this.isStopped) return;
    this.claimAll(false).catch((error: unknown) =>
      notifyWorker(this.listener, { type: 'sweep-failed', error }),
    );
  }

  private async sweepAndSchedule(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      notifyWorker(this.listener, { type: 'sweep-failed', error });
    }
    if (this.isStopped) return;
    const delayMs = this.options.intervalMs * (0.8 + 0.4 * this.ids.random());
    this.cancelTimer = this.clock.startTimer(delayMs, () => void this.sweepAndSchedule());
  }

  private async releaseExpired(): Promise<number> {
    let total = 0;
    while (!this.isStopped) {
      const released = await this.storage.releaseExpired(this.identities, this.options.batchSize);
      total += released;
      if (released < this.options.batchSize) break;
      // Others wait for these: claiming goes on beside the release of a long list.
      this.claimSoon();
    }
    return total;
  }

  /** Runs only while no claim is under way: what a claim has just taken is not known here yet, but no stray. */
  private async releaseStrays(worker: string): Promise<void> {
    const owned = await this.storage.listOwned(worker);
    // Asked after the answer: what started meanwhile is known by now.
    const strays = owned.filter((sagaId) => !this.target.knows(sagaId));
    if (strays.length > 0) await this.target.releaseStrays(worker, strays);
  }

  /** Claims until nothing is due or there is no room. One at a time; asked again meanwhile, it goes round once more. */
  private async claimAll(looksForStrays: boolean): Promise<number> {
    if (this.isClaiming) {
      this.isAskedAgain = true;
      return 0;
    }
    this.isClaiming = true;
    try {
      let total = 0;
      const worker = looksForStrays ? this.target.claimant() : undefined;
      if (worker !== undefined) await this.releaseStrays(worker);
      do {
        this.isAskedAgain = false;
        total += await this.claimRound();
      } while (this.isAskedAgain && !this.isStopped);
      return total;
    } finally {
      this.isClaiming = false;
    }
  }

  private readonly onUnreadable = (sagaId: string, error: SagaStorageError): void =>
    notifyWorker(this.listener, { type: 'storage-failed', operation: 'claim', sagaId, error });

  private async claimRound(): Promise<number> {
    let total = 0;
    while (!this.isStopped) {
      const worker = this.target.claimant();
      const limit = Math.min(this.options.batchSize, this.target.room());
      if (worker === undefined || limit <= 0) break;
      const sagas = await this.storage.claim({
        worker,
        sagas: this.identities,
        limit,
        onUnreadable: this.onUnreadable,
      });
      this.target.takeOver(worker, sagas);
      total += sagas.length;
      if (sagas.length < limit) break;
    }
    return total;
  }
}
