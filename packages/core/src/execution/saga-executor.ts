import { applyEntry } from '../journal/apply-entry.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { recordError } from '../errors/recorded-error.js';
import type { SagaStorageError } from '../errors/saga-storage-error.js';
import { branchOf } from '../journal/branch-state.js';
import { afterDeadline } from '../journal/deadline.js';
import { projectHeader } from '../journal/header-change.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import { isStepEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { mayAct } from '../journal/saga-state.js';
import type { SagaState } from '../journal/saga-state.js';
import { isOpen } from '../journal/saga-status.js';
import type { StopReason } from '../ports/saga-listener.js';
import type { LoadedSaga } from '../ports/saga-storage.js';
import type { EventClasses } from './attempt-run.js';
import { DeadlineTimer } from './deadline-timer.js';
import type { FinishedAttempt } from './decide-entry.js';
import { decideEntry } from './decide-entry.js';
import { decidePark } from './decide-park.js';
import { withStatus } from './decide-status.js';
import type { ExecutionEnd } from './execution-end.js';
import { isSameEntry } from '../journal/is-same-entry.js';
import type { UndeliveredEvents } from './delivery.js';
import type { WriteLimit } from './journal-writer.js';
import { StopRun } from './stop-run.js';
import { meetsDeadline } from './meets-deadline.js';
import { afterWait, nextActions, nextActionsThatFit } from './next-actions.js';
import type { Action, ActAction, CompensateAction } from './next-actions.js';
import { isToPark, leadingToWait, nextEntry } from './next-entry.js';
import type { WaitAction } from './next-wait.js';
import { entryWithoutValues, hasActed, refusalIn, stuckOfRefusal } from './refused-entry.js';
import { PendingDelivery } from './pending-delivery.js';
import type { SagaExecutorDependencies } from './saga-executor-dependencies.js';
import { StepAttempt } from './step-attempt.js';
import type { AttemptEnd } from './step-attempt.js';
import { ThrownErrors } from './thrown-errors.js';
import { Wait } from './wait.js';
import type { PendingAppend } from './pending-append.js';

/**
 * Runs one saga from the end of its journal: it decides the next action, runs it, appends the outcome, publishes the
 * entry, and repeats. Every decision depends on the journal alone, so a start and a recovery are the same loop.
 */
export class SagaExecutor implements WriteLimit {
  private attempt: StepAttempt | undefined;
  private eventClasses: EventClasses | undefined;
  /** The act that may have been called and has no entry yet. */
  private openAct: StepAttempt | undefined;
  private wait: Wait | undefined;
  /** The current wait, even if news interrupt it for a moment. */
  private waitsFor: { readonly until: Date; readonly endsAt: number } | undefined;
  private deadline: DeadlineTimer | undefined;
  private stopReason: 'lease-lost' | 'shutdown' | undefined;
  private hasNews = false;
  /** Whether all entries folded so far are known to fit the definition. */
  private isFitting = false;
  private isAborted = false;
  private thrown: ThrownErrors | undefined;
  /** The newest entry that is not known to be stored. */
  private lastAppend: PendingAppend | undefined;
  /** The delivery of the last entry's events, until every handler has handled them or was given up. */
  private delivery: PendingDelivery | undefined;

  constructor(
    private readonly dependencies: SagaExecutorDependencies,
    private readonly definition: SagaDefinition,
    private readonly header: SagaHeader,
    private state: SagaState,
  ) {}

  /** The `seq` of the last entry that this executor knows. */
  get seq(): number {
    return this.state.seq;
  }

  /** The time until its deadline, in milliseconds. Undefined if it has none, or is being undone. */
  get deadlineRestMs(): number | undefined {
    return this.state.direction === 'forward' ? this.deadline?.restMs : undefined;
  }

  /**
   * Runs until the saga ends, is stuck, or this process must stop running it. Call once; never rejects.
   *
   * @param onBegin Called before anything runs. It returns the events that the last owner may not have delivered. An
   * error thrown by it means that the saga's record cannot be used.
   */
  async run(onBegin?: () => UndeliveredEvents | undefined): Promise<ExecutionEnd> {
    try {
      this.watchDeadline();
      const undelivered = onBegin?.();
      if (undelivered !== undefined) this.deliver(undelivered, undefined);
      for (;;) {
        // No entry is written and no step begins before that, so only the events of one entry can be undelivered after
        // a crash.
        if (this.delivery !== undefined) await this.acknowledge(this.delivery);
        if (this.deadline?.isOver === true) this.state = afterDeadline(this.state);
        const action = this.decideNext()[0];
        if (action === undefined) {
          if (this.state.park !== undefined) throw new StopRun('parked');
          return { kind: 'ended', state: this.state, cause: this.thrown?.causeOfEnd() };
        }
        if (action.kind === 'wait' && !isToPark(action, this.dependencies)) await this.waitUntil(action);
        else if (action.kind !== 'act' && action.kind !== 'compensate')
          await this.commit((state) => this.nextEntry(state));
        else if (this.hasNews) await this.catchUp();
        else {
          // hot path: nearly every step takes this branch. Each further async function would cost a saga several
          // promises.
          const attempt = this.finished(action, await this.begin(action).start());
          if (this.deadline?.isOver === true) await this.meetDeadline();
          const pending = this.append(this.decide(this.state, attempt));
          try {
            if ((await pending.result) === 'stored') this.recorded(pending);
            else if (!(await this.isResolved(pending)))
              await this.commit((state) => this.decide(state, attempt));
          } catch (error) {
            await this.recordWithoutValues(attempt, refusalIn(error));
          }
        }
      }
    } catch (error) {
      if (error instanceof StopRun) return this.stopped(error.reason, error.cause);
      return this.stopped('trouble', error);
    } finally {
      this.deadline?.end();
    }
  }

  /** The journal has an entry that this executor did not write: a cancel, or another worker's claim. */
  notice(news: { readonly isCancel: boolean }): void {
    this.hasNews = true;
    this.wait?.end();
    if (news.isCancel && mayAct(this.state)) this.attempt?.abort('cancelled');
  }

  /**
   * Starts no further step. On a shutdown, a running step continues until `abort`; on a lost lease, it is aborted now.
   */
  stop(reason: 'lease-lost' | 'shutdown'): void {
    this.stopReason ??= reason;
    this.wait?.end();
    if (reason === 'shutdown') return;
    this.attempt?.abort(reason);
    this.delivery?.abandon(new StopRun(reason));
  }

  /** Called when the shutdown cannot wait longer: aborts a running step, and stops retrying writes. */
  abort(): void {
    this.stop('shutdown');
    this.isAborted = true;
    this.attempt?.abort('shutdown');
    this.delivery?.abandon(new StopRun('shutdown'));
  }

  /** A write is retried while this worker owns the saga: a failed write is never a failure of the saga. */
  mayKeepTrying(): boolean {
    return !this.isAborted && this.dependencies.isLeaseValid();
  }

  /** Checks whether the journal fits only after a read: this executor's own entries always fit. */
  private decideNext(): readonly Action[] {
    if (this.isFitting) return nextActionsThatFit(this.definition, this.state);
    this.isFitting = true;
    return nextActions(this.definition, this.state);
  }

  private watchDeadline(): void {
    const { deadline, direction } = this.state;
    if (deadline === undefined || deadline.isOver || direction === 'backward') return;
    this.deadline = new DeadlineTimer(this.dependencies.clock, deadline.restMs, () => {
      this.wait?.end();
      if (mayAct(this.state)) this.attempt?.abort('deadline');
    });
  }

  /** The deadline passed during an attempt: the journal says so before it says how the attempt ended. */
  private async meetDeadline(): Promise<void> {
    this.state = afterDeadline(this.state);
    await this.commit((state) =>
      meetsDeadline(this.definition, state) ? { kind: 'deadline-passed' } : undefined,
    );
  }

  private begin(action: ActAction | CompensateAction): StepAttempt {
    this.checkMayRun();
    this.attempt = new StepAttempt(this.dependencies, this.definition, this.header, this.state, action);
    if (action.kind === 'act') this.openAct = this.attempt;
    return this.attempt;
  }

  private stopped(reason: StopReason, error: unknown): ExecutionEnd {
    const begun = this.openAct?.isCalled === true ? [this.openAct.step] : [];
    return { kind: 'stopped', state: this.state, reason, error, begun };
  }

  private finished(action: ActAction | CompensateAction, outcome: AttemptEnd): FinishedAttempt {
    const startedAt = new Date(this.attempt?.startedAt ?? 0);
    this.eventClasses = this.attempt?.eventClasses;
    this.attempt = undefined;
    if (outcome.kind === 'stopped') throw new StopRun(outcome.reason);
    const { clock, ids } = this.dependencies;
    const hasFailed = outcome.kind === 'failed';
    if (hasFailed && action.kind === 'act') this.rememberCause(outcome.error);
    return {
      action,
      outcome,
      startedAt,
      finishedAt: new Date(clock.now()),
      random: hasFailed ? ids.random() : 0,
    };
  }

  private decide(state: SagaState, attempt: FinishedAttempt): EntryDraft {
    return decidePark(decideEntry(this.definition, state, attempt), this.dependencies.parkAboveMs);
  }

  private nextEntry(state: SagaState): EntryDraft | undefined {
    return nextEntry(this.definition, this.header.sagaId, state, this.dependencies);
  }

  /**
   * Appends the entry that `decide` returns for the newest state. After a conflict it reads the journal and, if it is
   * still the owner, decides again.
   */
  private async commit(
    decide: (state: SagaState) => EntryDraft | undefined,
    refused: readonly PendingAppend[] = [],
  ): Promise<void> {
    for (;;) {
      const draft = decide(this.state);
      if (draft === undefined) return;
      const pending = this.append(draft);
      if ((await pending.result) === 'stored') return this.recorded(pending);
      if (await this.isResolved(pending, ...refused)) return;
    }
  }

  /**
   * The storage refuses an entry with the values of an attempt: this writes one without them or, if that is refused
   * too, one that says that the saga is stuck.
   */
  private async recordWithoutValues(attempt: FinishedAttempt, refusal: SagaStorageError): Promise<void> {
    // Any of these may be stored after all: by an earlier try, whose answer was lost, before the one that was refused.
    const refused = this.lastAppend === undefined ? [] : [this.lastAppend];
    if (hasActed(attempt)) this.rememberCause(refusal);
    try {
      const { parkAboveMs } = this.dependencies;
      await this.commit(
        (state) => decidePark(entryWithoutValues(this.definition, state, attempt, refusal), parkAboveMs),
        refused,
      );
    } catch (error) {
      const stuck = stuckOfRefusal(attempt, refusalIn(error));
      await this.commit(() => stuck, this.lastAppend === undefined ? refused : [...refused, this.lastAppend]);
    }
  }

  /** Appends an entry at the next `seq`. */
  private append(draft: EntryDraft): PendingAppend {
    const { worker, writer } = this.dependencies;
    const led = leadingToWait(this.definition, this.state, draft, this.dependencies);
    const entry = withStatus(this.definition, this.state, led);
    const after = applyEntry(this.state, entry);
    const change = projectHeader(this.state, after, worker);
    const { sagaId } = this.header;
    const { seq } = after;
    const request =
      change === undefined ? { sagaId, seq, worker, entry } : { sagaId, seq, worker, entry, change };
    return (this.lastAppend = { draft: entry, seq, after, result: writer.append(request, this) });
  }

  private recorded({ draft, seq, after }: PendingAppend): void {
    this.lastAppend = undefined;
    const { worker, clock } = this.dependencies;
    // hot path: the spread is last, because with further properties after it, it takes microseconds.
    this.advance({ seq, worker, recordedAt: new Date(clock.now()), ...draft }, after);
  }

  /**
   * Its `seq` was used already: by another writer, or by this very entry, whose answer was lost. False: decide again.
   */
  private async isResolved(...pending: readonly PendingAppend[]): Promise<boolean> {
    if (await this.reload(...pending)) return true;
    // If another writer ended the saga, there is nothing left to write.
    return !isOpen(this.state.status);
  }

  private async catchUp(): Promise<void> {
    this.hasNews = false;
    await this.reload();
  }

  /** Folds the entries of other writers. Returns whether one of the given drafts is stored. */
  private async reload(...mine: readonly Pick<PendingAppend, 'draft' | 'seq'>[]): Promise<boolean> {
    const loaded = await this.dependencies.writer.load(this.header.sagaId, this.state.seq, this);
    if (loaded === undefined) throw new StopRun('fenced');
    const isStored = mine.some((one) => this.isMine(loaded, one));
    for (const entry of loaded.entries) {
      if (entry.seq !== this.state.seq + 1) continue;
      // From a claim on, entries belong to another owner, which publishes them.
      if (entry.kind === 'claimed') throw new StopRun('fenced');
      this.isFitting = false;
      this.advance(entry, applyEntry(this.state, entry));
    }
    const isMineOrEnded = loaded.header.owner === this.dependencies.worker || !isOpen(loaded.header.status);
    // If this very entry is stored and parked the saga, that is why it has no owner.
    if (!isMineOrEnded) throw new StopRun(isStored && this.state.park !== undefined ? 'parked' : 'fenced');
    return isStored;
  }

  private isMine(loaded: LoadedSaga, mine: Pick<PendingAppend, 'draft' | 'seq'>): boolean {
    const stored = loaded.entries.find((entry) => entry.seq === mine.seq);
    return (
      stored !== undefined && stored.worker === this.dependencies.worker && isSameEntry(stored, mine.draft)
    );
  }

  private advance(entry: JournalEntry, after: SagaState): void {
    const before = this.state;
    this.state = after;
    if (isStepEntry(entry)) this.openAct = undefined;
    const { definition, header, eventClasses } = this;
    this.dependencies.onRecorded({ definition, header, entry, before, after, eventClasses });
    if ('events' in entry && entry.events !== undefined)
      this.deliver({ entry, isGivenUp: () => false }, eventClasses);
  }

  private deliver({ entry, isGivenUp }: UndeliveredEvents, classes: EventClasses | undefined): void {
    const { definition, header } = this;
    const { deliver } = this.dependencies;
    const isOver = (): boolean => this.isOver();
    const failures = deliver?.({ definition, header, entry, classes, isGivenUp, isOver });
    // A process that may no longer run the saga has not called every handler, so it must stop here.
    const isLeft = failures === undefined && deliver !== undefined && this.isOver();
    if (isLeft) this.delivery = new PendingDelivery(entry.seq, Promise.resolve([]));
    else this.delivery = failures && new PendingDelivery(entry.seq, failures);
  }

  /** Waits until the events of the last entry are delivered, and records the handlers that were given up. */
  private async acknowledge(delivery: PendingDelivery): Promise<void> {
    this.checkMayAcknowledge();
    const failed = await delivery.wait();
    this.checkMayAcknowledge();
    this.delivery = undefined;
    for (const { error, ...which } of failed) {
      const given = { emittedSeq: delivery.seq, ...which, error: recordError(error) };
      await this.commit(() => ({ kind: 'delivery-failed', ...given }));
    }
  }

  private checkMayAcknowledge(): void {
    if (this.isOver()) throw new StopRun(this.stopReason ?? 'lease-lost');
  }

  /** Whether another owner delivers the events of the last entry. */
  private isOver(): boolean {
    return this.stopReason === 'lease-lost' || !this.mayKeepTrying();
  }

  private async waitUntil({ until, forMs }: WaitAction): Promise<void> {
    const { clock } = this.dependencies;
    if (this.waitsFor?.until !== until) this.waitsFor = { until, endsAt: clock.monotonicNow() + forMs };
    if (this.hasNews) return this.catchUp();
    this.checkMayRun();
    this.wait = new Wait(clock, this.waitsFor.endsAt);
    const isOver = await this.wait.over;
    this.wait = undefined;
    if (!isOver) return;
    this.waitsFor = undefined;
    this.state = afterWait(this.state);
  }

  private checkMayRun(): void {
    if (this.stopReason !== undefined) throw new StopRun(this.stopReason);
    if (!this.dependencies.isLeaseValid()) throw new StopRun('lease-lost');
  }

  private rememberCause(error: unknown): void {
    this.thrown ??= new ThrownErrors();
    this.thrown.remember(error, branchOf(this.state));
  }
}
