import type { SagaStorageError } from '../errors/saga-storage-error.js';
import type { SagaWorkerOptions } from '../options/worker-options.js';
import type { CancelTimer, Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { LoadedSaga, SagaStorage } from '../ports/saga-storage.js';
import type { SagaIdentity } from '../definition/saga-registry.js';

/** The actions of a sweep on sagas, which are those of its worker. */
export interface RecoverySweepTarget {
  /** The id of the worker for which to claim, or undefined while this worker may not claim. */
  claimant(): string | undefined;
  /** How many more sagas may be claimed now. */
  room(): number;
  /** Runs claimed sagas. */
  runClaimed(worker: string, sagas: readonly LoadedSaga[]): void;
  /** Whether this process runs this saga or is about to. */
  isHandling(sagaId: string): boolean;
  /** Delivers messages to sagas, in the background. */
  deliverMessages(): void;
  /** Releases the sagas that the storage counts as this worker's, although it does not run them: an answer was lost. */
  releaseStrays(worker: string, sagaIds: readonly string[]): Promise<void>;
}

/**
 * Finds sagas without a running owner: releases the sagas of workers whose lease has expired, and claims due ones. A
 * failed sweep is reported, and the next one follows.
 */
export class RecoverySweep {
  private cancelTimer: CancelTimer | undefined;
  private isClaiming = false;
  private isAskedAgain = false;
  private isStopped = true;
  /** When a sweep last ended without an error, by the monotonic clock. */
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

  /** Runs one whole sweep now. Rejects with the storage's error. */
  async sweep(): Promise<void> {
    const startedAt = this.clock.monotonicNow();
    this.target.deliverMessages();
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

  /** There is a free slot or there may be work: claims due sagas, without waiting for the next sweep. */
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
      // Other sagas are due now: claiming continues beside the release of a long list.
      this.claimSoon();
    }
    return total;
  }

  /** Runs only while no claim is in flight: the sagas of a claim are not known here yet, but are not strays. */
  private async releaseStrays(worker: string): Promise<void> {
    const owned = await this.storage.listOwned(worker);
    // A saga whose run ended with the lease may have begun an act without an entry, so it is not one that never ran.
    if (this.target.claimant() !== worker) return;
    // Checked after the answer: sagas that started in the meantime are known by now.
    const strays = owned.filter((sagaId) => !this.target.isHandling(sagaId));
    if (strays.length > 0) await this.target.releaseStrays(worker, strays);
  }

  /**
   * Claims until no saga is due or there is no free slot. One claim at a time; a request during it causes one more
   * round.
   */
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
      // Only after a failure: the request during it still needs its round.
      if (this.isAskedAgain) this.claimSoon();
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
      this.target.runClaimed(worker, sagas);
      total += sagas.length;
      if (sagas.length < limit) break;
    }
    return total;
  }
}
