import { ForgetfulMap } from '../collections/forgetful-map.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { ExecutionEnd } from '../execution/execution-end.js';
import type { SagaExecutor } from '../execution/saga-executor.js';
import type { Clock } from '../ports/clock.js';

/** A saga that this process runs at the moment. */
export interface RunningSaga {
  readonly worker: string;
  readonly definition: SagaDefinition;
  readonly executor: SagaExecutor;
  /** It came out of the queue or from a recovery, so it counts against that limit. */
  readonly isClaimed: boolean;
  readonly end: Promise<ExecutionEnd>;
}

interface WaitingStart {
  go: (() => void) | undefined;
}

/** Which sagas run here, how many may, and who waits for a place. */
export class RunningSagas {
  private readonly running = new ForgetfulMap<string, RunningSaga>();
  /** This worker's in the storage perhaps, though not running: being written for the first time, claimed or let go. */
  private readonly starting = new Set<string>();
  /** In order of arrival; a set, because taking the first of a long array is slow. */
  private readonly waiting = new Set<WaitingStart>();
  private reserved = 0;
  private claimedCount = 0;

  constructor(
    private readonly concurrency: number,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.running.size;
  }

  /** How many of the running ones were claimed. */
  get claimed(): number {
    return this.claimedCount;
  }

  /** Places that are free. */
  get free(): number {
    return Math.max(0, this.concurrency - this.running.size - this.reserved);
  }

  get(sagaId: string): RunningSaga | undefined {
    return this.running.get(sagaId);
  }

  /** The run that has just recorded this entry of a saga: if it is the last one, the run is about to end. */
  at(sagaId: string, seq: number): RunningSaga | undefined {
    const saga = this.running.get(sagaId);
    return saga?.executor.seq === seq ? saga : undefined;
  }

  all(): IterableIterator<[string, RunningSaga]> {
    return this.running.entries();
  }

  /** Whether this process is running a saga, about to, or just letting it go. */
  knows(sagaId: string): boolean {
    return this.running.has(sagaId) || this.starting.has(sagaId);
  }

  /** Takes a place if one is free. */
  tryReservePlace(): boolean {
    if (this.free === 0 || this.waiting.size > 0) return false;
    this.reserved++;
    return true;
  }

  /**
   * Waits for a place; `releasePlace` gives it up again, `fillPlace` uses it. False: none became free in time, so none
   * is kept.
   */
  async reservePlace(timeoutMs: number): Promise<boolean> {
    if (this.tryReservePlace()) return true;
    // The run that frees a place hands it over, so that no other start slips in between.
    return new Promise<boolean>((resolve) => {
      const start: WaitingStart = {
        go: () => {
          cancelTimer();
          resolve(true);
        },
      };
      const cancelTimer = this.clock.startTimer(timeoutMs, () => {
        this.waiting.delete(start);
        resolve(false);
      });
      this.waiting.add(start);
    });
  }

  releasePlace(): void {
    this.reserved--;
    this.handOver();
  }

  /** Says that a saga is being written, claimed or let go. False: it is already, or it runs. */
  markStarting(sagaId: string): boolean {
    if (this.knows(sagaId)) return false;
    this.starting.add(sagaId);
    return true;
  }

  unmarkStarting(sagaId: string): void {
    this.starting.delete(sagaId);
  }

  /** Puts a saga into a place that was reserved. */
  fillPlace(sagaId: string, saga: RunningSaga): void {
    this.reserved--;
    this.add(sagaId, saga);
  }

  /**
   * Puts a saga into a free place. What this process still does for it under a lease that it lost, a write that hangs
   * for example, gives up its place to this.
   */
  add(sagaId: string, saga: RunningSaga): void {
    if (this.running.get(sagaId)?.isClaimed === true) this.claimedCount--;
    this.running.set(sagaId, saga);
    if (saga.isClaimed) this.claimedCount++;
  }

  /** Takes a run that ended out of its place, if it is still there, and answers it. */
  remove(sagaId: string, executor: SagaExecutor): RunningSaga | undefined {
    const saga = this.running.get(sagaId);
    if (saga?.executor !== executor) return undefined;
    this.running.delete(sagaId);
    if (saga.isClaimed) this.claimedCount--;
    this.handOver();
    return saga;
  }

  /** Resolves once nothing runs. */
  async drained(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ end }) => end));
  }

  private handOver(): void {
    if (this.waiting.size === 0 || this.free === 0) return;
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next);
    this.reserved++;
    const { go } = next;
    // See `ForgetfulMap`: what a set no longer holds, one of its old tables may.
    next.go = undefined;
    go?.();
  }
}
