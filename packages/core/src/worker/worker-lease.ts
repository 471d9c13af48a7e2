import { isSagaError } from '../identity/thrown.js';
import type { SagaWorkerOptions } from '../options/worker-options.js';
import type { CancelTimer, Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { SagaStorage } from '../ports/saga-storage.js';

/** How long the first lease is requested again if the storage has a problem, in milliseconds. */
const firstLeaseTimeoutMs = 10_000;
const firstDelayMs = 50;
const longestDelayMs = 1_000;

/**
 * This process's proof of life. One row is renewed for any number of running sagas. If a lease could not be renewed,
 * this process ends it by its own monotonic clock before the row expires, and never renews it: the next one has a new
 * worker id, so that late writes of the old one can be distinguished (Gray and Cheriton, "Leases", 1989).
 */
export class WorkerLease {
  private current: string | undefined;
  private validUntil = Number.NEGATIVE_INFINITY;
  private cancelRenewal: CancelTimer | undefined;
  private cancelExpiry: CancelTimer | undefined;
  private isStopped = false;
  /** When the lease was last acquired or renewed, by the monotonic clock: the time of the request. */
  lastRenewedAt: number | undefined;

  /** @param onLost Called once for each lost lease, before another one is acquired. */
  constructor(
    private readonly storage: SagaStorage,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly options: SagaWorkerOptions['lease'],
    private readonly listener: SagaListener | undefined,
    private readonly onLost: (worker: string) => void,
    private readonly onRenewed: () => void = () => undefined,
  ) {}

  /** The worker id of the lease, or undefined while there is no valid one. */
  get worker(): string | undefined {
    return this.isValid() ? this.current : undefined;
  }

  /** Whether steps may start: reads the clock, so it is right even if no timer could fire. */
  isValid(): boolean {
    return this.current !== undefined && this.clock.monotonicNow() < this.validUntil;
  }

  /** Whether this very lease is still the valid one. */
  isValidFor(worker: string): boolean {
    return this.current === worker && this.isValid();
  }

  /** Acquires the first lease and keeps renewing it. Rejects if the storage does not answer for some seconds. */
  async start(): Promise<void> {
    await this.acquireFirst();
    this.scheduleRenewal(this.options.renewalIntervalMs);
  }

  /** Ends the lease: deletes the row, so that other workers release the remaining sagas at once. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelRenewal?.();
    this.cancelExpiry?.();
    const worker = this.current;
    this.current = undefined;
    if (worker !== undefined) await this.storage.removeWorker(worker);
  }

  /** One lost connection must not fail the start of a whole application. */
  private async acquireFirst(): Promise<void> {
    const deadline = this.clock.monotonicNow() + firstLeaseTimeoutMs;
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      try {
        return await this.acquire();
      } catch (error) {
        const isWorthRetrying = isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome !== 'refused';
        if (!isWorthRetrying || this.isStopped || this.clock.monotonicNow() >= deadline) throw error;
        notifyWorker(this.listener, { type: 'renewal-failed', worker: 'none', error });
      }
      await this.sleep(delayMs * (0.5 + this.ids.random() / 2));
    }
  }

  private sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.startTimer(delayMs, resolve);
    });
  }

  private async acquire(): Promise<void> {
    const worker = this.ids.nextId();
    const sentAt = this.clock.monotonicNow();
    await this.storage.registerWorker(worker, this.options.leaseDurationMs);
    if (this.isStopped) return this.storage.removeWorker(worker);
    this.current = worker;
    this.extend(sentAt);
    notifyWorker(this.listener, { type: 'lease-acquired', worker });
  }

  private async renew(): Promise<void> {
    const worker = this.current;
    try {
      if (worker === undefined) {
        await this.acquire();
      } else {
        const sentAt = this.clock.monotonicNow();
        const isRenewed = await this.storage.renewWorker(worker, this.options.leaseDurationMs);
        // An answer that comes after this process has ended the lease is too late, even if it is positive: other
        // processes may have read the row before the renewal was committed.
        if (this.current === worker && isRenewed && this.isValid()) this.renewed(sentAt);
        else if (this.current === worker) this.lose(worker);
      }
      this.scheduleRenewal(this.current === undefined ? 0 : this.options.renewalIntervalMs);
    } catch (error) {
      notifyWorker(this.listener, { type: 'renewal-failed', worker: worker ?? 'none', error });
      // Sooner than usual, because the rest of the lease is short.
      this.scheduleRenewal(this.options.renewalIntervalMs / 10);
    }
  }

  private renewed(sentAt: number): void {
    this.extend(sentAt);
    this.onRenewed();
  }

  // Counted from before the request was sent: the storage's clock started later, so this end comes first.
  private extend(sentAt: number): void {
    this.lastRenewedAt = sentAt;
    this.validUntil = sentAt + this.options.leaseDurationMs - this.options.safetyMarginMs;
    this.scheduleExpiry();
  }

  private scheduleExpiry(): void {
    this.cancelExpiry?.();
    this.cancelExpiry = this.clock.startTimer(
      Math.max(0, this.validUntil - this.clock.monotonicNow()),
      () => {
        const worker = this.current;
        // A timer may fire a little early; otherwise the end would not be noticed.
        if (this.isValid()) this.scheduleExpiry();
        else if (worker !== undefined) this.lose(worker);
      },
    );
  }

  private scheduleRenewal(delayMs: number): void {
    this.cancelRenewal?.();
    if (!this.isStopped) this.cancelRenewal = this.clock.startTimer(delayMs, () => void this.renew());
  }

  private lose(worker: string): void {
    this.cancelExpiry?.();
    this.current = undefined;
    this.validUntil = Number.NEGATIVE_INFINITY;
    notifyWorker(this.listener, { type: 'lease-lost', worker });
    this.onLost(worker);
  }
}
