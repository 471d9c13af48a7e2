import type { SagaDefinition } from '../definition/saga-definition.js';
import { branchOf } from '../journal/branch-state.js';
import { afterDeadline } from '../journal/deadline.js';
import { isTransactional } from '../definition/saga-step.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import type { StopReason } from '../ports/saga-listener.js';
import type { AttemptEnd } from './attempt-end.js';
import { BranchRuns } from './branch-runs.js';
import type { EventClasses } from './attempt-run.js';
import { DeadlineTimer } from './deadline-timer.js';
import type { FinishedAttempt } from './decide-entry.js';
import type { UndeliveredEvents } from './delivery.js';
import type { EndedRun, ExecutionEnd } from './execution-end.js';
import { knownAttempts } from './known-attempts.js';
import { Mailbox } from './mailbox.js';
import type { Message } from './mailbox.js';
import { meetsDeadline } from './meets-deadline.js';
import { afterWait } from './next-actions.js';
import type { ActAction, CompensateAction } from './action.js';
import { isSideBySide } from './next-branches.js';
import { isToPark, nextEntry } from './next-entry.js';
import type { WaitAction } from './next-wait.js';
import type { PendingDelivery } from './pending-delivery.js';
import { hasActed, refusalIn } from './refused-entry.js';
import type { SagaExecutorDependencies } from './saga-executor-dependencies.js';
import { SagaRecord } from './saga-record.js';
import { StepAttempt } from './step-attempt.js';
import { StopRun } from './stop-run.js';
import { ThrownErrors } from './thrown-errors.js';
import { TransactionalCheckpoint } from './transactional-checkpoint.js';
import { Wait } from './wait.js';

/** What runs of a saga: one attempt, or the attempts of branches. */
interface RunningAttempt {
  readonly openActs: readonly string[];
  readonly startedAt?: number;
  readonly eventClasses?: EventClasses | undefined;
  abort(reason: 'lease-lost' | 'shutdown'): void;
  abortAct(reason: 'cancelled' | 'deadline'): void;
  interrupt?(mailbox: Mailbox): void;
}
/** The delays before a transaction is tried again, in milliseconds. */
const firstRetryMs = 20;
const longestRetryMs = 2_000;

/**
 * Runs one saga from the end of its journal: it decides the next action, runs it, appends the outcome, publishes the
 * entry, and repeats. Every decision depends on the journal alone, so a start and a recovery are the same loop.
 */
export class SagaExecutor implements EndedRun {
  private readonly record: SagaRecord;
  private attempt: RunningAttempt | undefined;
  /** The current wait, even if news interrupt it for a moment. */
  private waitsFor: { readonly until: Date; readonly endsAt: number } | undefined;
  private deadline: DeadlineTimer | undefined;
  private thrown: ThrownErrors | undefined;
  /** Made by the first message, and dropped when it has been read: a running step needs none. */
  private mailbox: Mailbox | undefined;

  constructor(
    private readonly dependencies: SagaExecutorDependencies,
    definition: SagaDefinition,
    header: SagaHeader,
    state: SagaState,
  ) {
    this.record = new SagaRecord(dependencies, definition, header, state);
  }

  get header(): SagaHeader {
    return this.record.header;
  }

  /** The `seq` of the last entry that this executor knows. */
  get seq(): number {
    return this.record.state.seq;
  }

  /** The time until its deadline, in milliseconds. Undefined if it has none, or is being undone. */
  get deadlineRestMs(): number | undefined {
    return this.record.state.direction === 'forward' ? this.deadline?.restMs : undefined;
  }

  /**
   * Runs until the saga ends, is stuck, or this process must stop running it. Call once; never rejects.
   *
   * @param onBegin Called before anything runs. It returns the events that the last owner may not have delivered. An
   * error thrown by it means that the saga's record cannot be used.
   */
  async run(onBegin?: () => UndeliveredEvents | undefined): Promise<ExecutionEnd> {
    const { record } = this;
    let end: ExecutionEnd;
    try {
      this.watchDeadline();
      const undelivered = onBegin?.();
      if (undelivered !== undefined) record.deliver(undelivered, undefined);
      for (;;) {
        // No entry is written and no step begins before that, so only the events of one entry can be undelivered after
        // a crash.
        if (record.delivery !== undefined) await this.acknowledge(record.delivery);
        if (this.deadline?.isOver === true) record.state = afterDeadline(record.state);
        if (isSideBySide(record.definition, record.state)) await this.runBranches();
        const action = record.nextActions()[0];
        if (action === undefined) {
          if (record.state.park !== undefined) throw new StopRun('parked');
          end = { kind: 'ended', state: record.state, cause: this.thrown?.causeOfEnd() };
          break;
        }
        if (action.kind === 'wait' && !isToPark(action, this.dependencies)) await this.waitUntil(action);
        else if (action.kind !== 'act' && action.kind !== 'compensate')
          await record.commit((state) =>
            nextEntry(record.definition, record.header.sagaId, state, this.dependencies),
          );
        else if (this.mailbox !== undefined) await this.readMail(this.mailbox);
        else if (isTransactional(action.step, action.kind)) await this.runTransactional(action);
        else {
          // hot path: nearly every step takes this branch. Each further async function would cost a saga several
          // promises.
          const { checkpoint } = this.dependencies;
          const outcome = await checkpoint.start(this.begin(action));
          const attempt = this.finished(
            action,
            outcome.kind === 'mailbox' ? await this.untilEnd(outcome) : outcome,
          );
          if (this.deadline?.isOver === true) await this.meetDeadline();
          const pending = record.append(record.decide(record.state, attempt), checkpoint);
          try {
            if ((await pending.result) === 'stored') record.recorded(pending);
            else if (!(await record.isResolved(pending)))
              await record.commit((state) => record.decide(state, attempt));
          } catch (error) {
            const refusal = refusalIn(error);
            if (hasActed(attempt)) this.rememberCause(refusal);
            await record.recordWithoutValues(attempt, refusal);
          }
        }
      }
    } catch (error) {
      const isStop = error instanceof StopRun;
      end = isStop ? this.stopped(error.reason, error.cause) : this.stopped('trouble', error);
    }
    this.deadline?.end();
    // A run may end in the very call that begins it: nothing is released before that call has returned.
    await Promise.resolve();
    // hot path: chained to this run's promise, it would cost each saga in flight a promise and a closure more.
    this.dependencies.onEnd(this, end);
    return end;
  }

  /** The journal has an entry that this executor did not write: a request, or another worker's claim. */
  notice(): void {
    this.post({ kind: 'news' });
  }

  /**
   * Starts no further step. On a shutdown, a running step continues until `abort`; on a lost lease, it is aborted now.
   */
  stop(reason: 'lease-lost' | 'shutdown'): void {
    this.record.stopReason ??= reason;
    if (reason === 'lease-lost') {
      this.attempt?.abort(reason);
      this.record.delivery?.abandon(new StopRun(reason));
    }
    this.post({ kind: 'stop' });
  }

  /** Called when the shutdown cannot wait longer: aborts a running step, and stops retrying writes. */
  abort(): void {
    this.stop('shutdown');
    this.record.isAborted = true;
    this.attempt?.abort('shutdown');
    this.record.delivery?.abandon(new StopRun('shutdown'));
  }

  private post(message: Message): void {
    if (this.mailbox === undefined) {
      this.mailbox = new Mailbox();
      this.attempt?.interrupt?.(this.mailbox);
    }
    this.mailbox.post(message);
  }

  /** Reads the mail before a step begins. Only news need more than the wake-up: the loop looks at everything else. */
  private async readMail(mailbox: Mailbox): Promise<void> {
    this.mailbox = undefined;
    if (mailbox.takeNews()) await this.record.reload();
  }

  /** Reads the mail until the attempt that it interrupted has ended. */
  private async untilEnd(mailbox: Mailbox): Promise<AttemptEnd> {
    for (;;) {
      const message = await mailbox.next();
      if (message.kind === 'news') {
        mailbox.takeNews();
        await this.readNews();
      } else if (message.kind === 'attempt-ended') {
        if (mailbox.isEmpty) this.mailbox = undefined;
        return message.end;
      }
    }
  }

  /** Reads the news while an attempt runs: a cancel aborts an act. */
  private async readNews(): Promise<void> {
    try {
      await this.record.reload();
    } catch (error) {
      // The run must not end before the attempt. Unread news are read when the append of the attempt is fenced.
      if (!(error instanceof StopRun) || error.reason !== 'fenced') return;
      // Another worker runs the saga.
      this.attempt?.abort('lease-lost');
      throw error;
    }
    if (this.record.state.cancel !== undefined) this.abortAct('cancelled');
  }

  /** An act that cannot be undone continues: only its result shows whether the saga can still be undone. */
  private abortAct(reason: 'cancelled' | 'deadline'): void {
    if (!this.record.state.isPastPivot) this.attempt?.abortAct(reason);
  }

  private watchDeadline(): void {
    const { deadline, direction } = this.record.state;
    if (deadline === undefined || deadline.isOver || direction === 'backward') return;
    this.deadline = new DeadlineTimer(this.dependencies.clock, deadline.restMs, () => {
      this.abortAct('deadline');
      this.post({ kind: 'timer' });
    });
  }

  /** The deadline passed during an attempt: the journal says so before it says how the attempt ended. */
  private async meetDeadline(): Promise<void> {
    const { record } = this;
    record.state = afterDeadline(record.state);
    await record.commit((state) =>
      meetsDeadline(record.definition, state) ? { kind: 'deadline-passed' } : undefined,
    );
  }

  private begin(action: ActAction | CompensateAction): StepAttempt {
    this.checkMayRun();
    const { definition, header, state } = this.record;
    const attempt = new StepAttempt(this.dependencies, definition, header, state, action);
    this.attempt = attempt;
    if (action.kind === 'act') this.record.openAct = attempt;
    return attempt;
  }

  /** Runs an attempt in a transaction with its entry, again if the transaction failed without its fault. */
  private async runTransactional(action: ActAction | CompensateAction): Promise<void> {
    const { record } = this;
    const { writer } = this.dependencies;
    for (let delayMs = firstRetryMs; ; delayMs = Math.min(delayMs * 2, longestRetryMs)) {
      const end = await writer.transact(record.header.sagaId, action.step, record, async (transaction) => {
        // The mail of the time in which it waited for a connection is read first.
        if (this.mailbox !== undefined) return undefined;
        const checkpoint = new TransactionalCheckpoint(transaction);
        try {
          const begun = await checkpoint.start(this.begin(action));
          const outcome = begun.kind === 'mailbox' ? await this.untilEnd(begun) : begun;
          const finished = this.finished(action, outcome);
          if (this.deadline?.isOver === true) await this.meetDeadline();
          return await checkpoint.settle(record, finished);
        } finally {
          // Without its entry the act has no effect, so no later owner has to ask what became of it.
          record.openAct = undefined;
        }
      });
      if (end?.kind === 'failed') return this.recordFailed(end.attempt);
      if (end?.kind !== 'again') return;
      await writer.sleep(delayMs);
      if (this.mailbox !== undefined) return;
    }
  }

  private async recordFailed(attempt: FinishedAttempt): Promise<void> {
    const { record } = this;
    try {
      await record.commit((state) => record.decide(state, attempt));
    } catch (error) {
      await record.recordWithoutValues(attempt, refusalIn(error));
    }
  }

  private stopped(reason: StopReason, error: unknown): ExecutionEnd {
    const { state, openAct } = this.record;
    const begun = (this.attempt ?? openAct)?.openActs ?? [];
    return { kind: 'stopped', state, reason, error, begun };
  }

  private finished(action: ActAction | CompensateAction, outcome: AttemptEnd): FinishedAttempt {
    const { attempt } = this;
    const startedAt = new Date(attempt?.startedAt ?? 0);
    this.record.eventClasses = attempt?.eventClasses;
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

  /** Waits until the events of the last entry are delivered, and records the handlers that were given up. */
  private async acknowledge(delivery: PendingDelivery): Promise<void> {
    this.checkMayAcknowledge();
    const givenUp = await delivery.givenUp();
    this.checkMayAcknowledge();
    this.record.delivery = undefined;
    for (const draft of givenUp) await this.record.commit(() => draft);
  }

  private checkMayAcknowledge(): void {
    if (this.record.isOver()) throw new StopRun(this.record.stopReason ?? 'lease-lost');
  }

  private async waitUntil({ until, forMs }: WaitAction): Promise<void> {
    const { clock } = this.dependencies;
    if (this.waitsFor?.until !== until) this.waitsFor = { until, endsAt: clock.monotonicNow() + forMs };
    const { endsAt } = this.waitsFor;
    if (this.mailbox !== undefined) return this.readMail(this.mailbox);
    this.checkMayRun();
    const mailbox = (this.mailbox = new Mailbox());
    const wait = new Wait(clock, endsAt, () => mailbox.post({ kind: 'timer' }));
    const message = await mailbox.next();
    wait.end();
    if (message.kind === 'news') mailbox.takeNews();
    if (mailbox.isEmpty) this.mailbox = undefined;
    if (message.kind === 'news') await this.record.reload();
    if (message.kind !== 'timer' || clock.monotonicNow() < endsAt) return;
    this.waitsFor = undefined;
    this.record.state = afterWait(this.record.state);
  }

  private checkMayRun(): void {
    const { stopReason } = this.record;
    if (stopReason !== undefined) throw new StopRun(stopReason);
    if (!this.dependencies.isLeaseValid()) throw new StopRun('lease-lost');
  }

  private rememberCause(error: unknown, known = branchOf(this.record.state)): void {
    this.thrown ??= new ThrownErrors();
    this.thrown.remember(error, known);
  }

  /** Runs the branches of a stage, or undoes them, until what comes next is an entry or one step. */
  private async runBranches(): Promise<void> {
    const { record, dependencies } = this;
    const mailbox = (this.mailbox ??= new Mailbox());
    const runs = new BranchRuns({
      record,
      dependencies,
      mailbox,
      checkMayRun: () => this.checkMayRun(),
      acknowledge: async () => {
        if (record.delivery !== undefined) await this.acknowledge(record.delivery);
      },
      noticeDeadline: () => {
        if (this.deadline?.isOver === true) record.state = afterDeadline(record.state);
      },
      meetDeadline: async () => {
        if (this.deadline?.isOver === true) await this.meetDeadline();
      },
      rememberCause: (error, action) => this.rememberCause(error, knownAttempts(record.state, action)),
    });
    this.attempt = runs;
    await runs.run();
    this.attempt = undefined;
    if (mailbox.isEmpty) this.mailbox = undefined;
  }
}
