import { ReleasingMap } from '../collections/releasing-map.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { EndedRun, ExecutionEnd } from '../execution/execution-end.js';
import type { SagaExecutor } from '../execution/saga-executor.js';
import type { Clock } from '../ports/clock.js';
import { Slot } from './slot.js';

/** A saga that this process runs at the moment. */
export interface RunningSaga {
  readonly worker: string;
  readonly definition: SagaDefinition;
  readonly executor: SagaExecutor;
  /** Whether it was claimed, from the queue or as a recovery, so that it counts for the limit of claimed sagas. */
  readonly isClaimed: boolean;
  /** Undefined only until its run has begun. */
  end: Promise<ExecutionEnd> | undefined;
}

interface WaitingStart {
  go: (() => void) | undefined;
}

/** The sagas that run here, their maximum number, and the starts that wait for a slot. */
export class RunningSagas {
  private readonly running = new ReleasingMap<string, RunningSaga>();
  /** Sagas that may be this worker's in the storage, though they do not run: being started, claimed or released. */
  private readonly starting = new Set<string>();
  /** In order of arrival; a set, because removing the first item of a long array is slow. */
  private readonly waiting = new Set<WaitingStart>();
  private reserved = 0;
  private claims = 0;

  constructor(
    private readonly concurrency: number,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.running.size;
  }

  /** The number of running sagas that were claimed. */
  get claimedCount(): number {
    return this.claims;
  }

  /** The number of free slots. */
  get free(): number {
    return Math.max(0, this.concurrency - this.running.size - this.reserved);
  }

  get(sagaId: string): RunningSaga | undefined {
    return this.running.get(sagaId);
  }

  /** The run that has just recorded this entry of a saga: if it is the last entry, the run is about to end. */
  at(sagaId: string, seq: number): RunningSaga | undefined {
    const saga = this.running.get(sagaId);
    return saga?.executor.seq === seq ? saga : undefined;
  }

  all(): IterableIterator<[string, RunningSaga]> {
    return this.running.entries();
  }

  /** Whether this process runs a saga, is about to, or is just releasing it. */
  isHandling(sagaId: string): boolean {
    return this.running.has(sagaId) || this.starting.has(sagaId);
  }

  /** Reserves a slot if one is free. */
  tryReserveSlot(): Slot | undefined {
    if (this.free === 0 || this.waiting.size > 0) return undefined;
    this.reserved++;
    return new Slot();
  }

  /**
   * Waits for a slot; `releaseSlot` releases it, `fillSlot` uses it. Undefined: none was free in time, so none is
   * reserved.
   */
  async reserveSlot(timeoutMs: number): Promise<Slot | undefined> {
    const free = this.tryReserveSlot();
    if (free !== undefined) return free;
    // The run that ends passes its slot on, so that no other start gets it first.
    return new Promise<Slot | undefined>((resolve) => {
      const start: WaitingStart = {
        go: () => {
          cancelTimer();
          resolve(new Slot());
        },
      };
      const cancelTimer = this.clock.startTimer(timeoutMs, () => {
        this.waiting.delete(start);
        resolve(undefined);
      });
      this.waiting.add(start);
    });
  }

  /** Releases a reserved slot; one that a saga has is left alone. */
  releaseSlot(slot: Slot): void {
    if (!slot.use()) return;
    this.reserved--;
    this.passSlotOn();
  }

  /** Marks that a saga is being written, claimed or released. False: it is marked already, or it runs. */
  markStarting(sagaId: string): boolean {
    if (this.isHandling(sagaId)) return false;
    this.starting.add(sagaId);
    return true;
  }

  unmarkStarting(sagaId: string): void {
    this.starting.delete(sagaId);
  }

  /** Puts a saga into a reserved slot. */
  fillSlot(slot: Slot, sagaId: string, saga: RunningSaga): void {
    if (slot.use()) this.reserved--;
    this.add(sagaId, saga);
  }

  /**
   * Puts a saga into a free slot. It replaces a run of the same saga under a lost lease, for example one with a write
   * that hangs.
   */
  add(sagaId: string, saga: RunningSaga): void {
    if (this.running.get(sagaId)?.isClaimed === true) this.claims--;
    this.running.set(sagaId, saga);
    if (saga.isClaimed) this.claims++;
  }

  /** Removes a run that ended from its slot, if it is still there, and returns it. */
  remove(sagaId: string, executor: EndedRun): RunningSaga | undefined {
    const saga = this.running.get(sagaId);
    if (saga?.executor !== executor) return undefined;
    this.running.delete(sagaId);
    if (saga.isClaimed) this.claims--;
    this.passSlotOn();
    return saga;
  }

  /** Resolves when nothing runs. */
  async drained(): Promise<void> {
    while (this.running.size > 0) await Promise.all([...this.running.values()].map(async ({ end }) => end));
  }

  private passSlotOn(): void {
    if (this.waiting.size === 0 || this.free === 0) return;
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next);
    this.reserved++;
    const { go } = next;
    // See `ReleasingMap`: an old table of the set may keep removed values.
    next.go = undefined;
    go?.();
  }
}
