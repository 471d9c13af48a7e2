import type { StepAbortReason } from '../errors/step-aborted-error.js';
import { isSettling } from '../journal/saga-state.js';
import { branchesAt } from '../journal/stage-steps.js';
import type { Action, ActAction, CompensateAction } from './action.js';
import type { AttemptEnd } from './attempt-end.js';
import type { FinishedAttempt } from './decide-entry.js';
import type { Mailbox } from './mailbox.js';
import { afterWait } from './next-actions.js';
import { isSideBySide } from './next-branches.js';
import { isToPark, restOf } from './next-entry.js';
import type { WaitAction } from './next-wait.js';
import { hasActed, refusalIn } from './refused-entry.js';
import type { SagaExecutorDependencies } from './saga-executor-dependencies.js';
import type { SagaRecord } from './saga-record.js';
import { StepAttempt } from './step-attempt.js';
import { StopRun } from './stop-run.js';
import { Wait } from './wait.js';

/** What the attempts of branches need from the executor of their saga. */
export interface BranchHost {
  readonly record: SagaRecord;
  readonly dependencies: SagaExecutorDependencies;
  readonly mailbox: Mailbox;
  /** @throws StopRun if this process may not begin another attempt. */
  checkMayRun(): void;
  /** Waits until the events of the last entry are delivered. */
  acknowledge(): Promise<void>;
  /** Takes the deadline into the state, if it has passed. */
  noticeDeadline(): void;
  /** The same, and records it: the journal says so before it says how an attempt ended. */
  meetDeadline(): Promise<void>;
  /** Keeps the error of an act for the caller of the saga. */
  rememberCause(error: unknown, action: ActAction | CompensateAction): void;
}

/** A call that was begun and has no entry yet. */
interface OpenCall {
  readonly action: ActAction | CompensateAction;
  readonly attempt: StepAttempt;
}

interface EndedCall extends OpenCall {
  readonly key: string;
  readonly end: AttemptEnd;
  readonly finishedAt: Date;
}

/**
 * The attempts of one saga that run side by side: the branches of a stage, or the compensations of a layer. However many
 * end in one moment, their entries are appended one at a time, and each decision sees all entries before it.
 */
export class BranchRuns {
  private readonly open = new Map<string, OpenCall>();
  private readonly ended: EndedCall[] = [];
  /** The ends of the waits for a next attempt, by the monotonic clock. */
  private readonly waits = new Map<Date, number>();
  /** The attempts that have not ended. */
  private active = 0;
  /** Those, and the ones that wait for their entries. */
  private running = 0;
  private stop: 'lease-lost' | 'shutdown' | undefined;
  /** The attempts that cannot be recorded: no further attempt begins. */
  private unrecordable = 0;

  constructor(private readonly host: BranchHost) {}

  /** The acts that were called and have no entry. */
  get openActs(): readonly string[] {
    return [...this.open.values()].flatMap(({ attempt }) => attempt.openActs);
  }

  /**
   * Runs until no attempt runs any more and none may begin: what is left needs an entry first. An error of it means that
   * this process has to stop running the saga; all attempts have ended then.
   */
  async run(): Promise<void> {
    try {
      while (await this.turn()) {
        // Everything happens in a turn.
      }
    } catch (error) {
      await this.endAll(error);
      throw error;
    }
  }

  /** Aborts all attempts. */
  abort(reason: StepAbortReason): void {
    for (const { attempt } of this.open.values()) attempt.abort(reason);
  }

  /** Aborts the acts: their saga is to be undone. */
  abortAct(reason: 'cancelled' | 'deadline' | 'sibling-failed'): void {
    for (const { attempt } of this.open.values()) attempt.abortAct(reason);
  }

  private async turn(): Promise<boolean> {
    const { host } = this;
    const { record, mailbox } = host;
    // No entry is written before that, so only the events of one entry can be undelivered after a crash.
    if (record.delivery !== undefined) await host.acknowledge();
    const ended = this.ended.shift();
    if (ended !== undefined) return this.take(ended);
    if (!mailbox.isEmpty) return this.read();
    host.noticeDeadline();
    const actions = record.nextActions();
    const isAtBranches = isSideBySide(record.definition, record.state);
    const isStopping = this.stop !== undefined || record.stopReason !== undefined;
    if (isAtBranches && !isStopping && this.unrecordable === 0) this.begin(actions);
    if (this.running > 0) return this.wait(actions);
    if (this.stop !== undefined) throw new StopRun(this.stop);
    host.checkMayRun();
    const waits = actions.filter((action) => action.kind === 'wait');
    if (!isAtBranches || waits.length === 0 || waits.length < actions.length) return false;
    return (await this.park(waits)) ? false : this.wait(waits);
  }

  /** Begins what may begin. Once a branch has failed for good, nothing begins before its siblings have ended. */
  private begin(actions: readonly Action[]): void {
    const { host } = this;
    const { record, dependencies } = host;
    if (this.running > 0 && isSettling(record.state)) return;
    for (const action of actions) {
      if (action.kind !== 'act' && action.kind !== 'compensate') continue;
      const key = action.branch?.id ?? (action.kind === 'act' ? action.step.id : action.item.step);
      if (this.open.has(key)) continue;
      host.checkMayRun();
      const attempt = new StepAttempt(dependencies, record.definition, record.header, record.state, action);
      this.open.set(key, { action, attempt });
      this.running++;
      this.active++;
      void dependencies.checkpoint.start(attempt).then((end) => {
        // Nothing interrupts the attempt of a branch: its end is posted to the mailbox anyway.
        if (end.kind === 'mailbox') return;
        this.active--;
        const finishedAt = new Date(dependencies.clock.now());
        this.ended.push({ key, action, attempt, end, finishedAt });
        host.mailbox.post({ kind: 'branch-ended' });
      });
    }
  }

  /** Records how an attempt ended. */
  private async take({ key, action, attempt, end, finishedAt }: EndedCall): Promise<true> {
    const { host } = this;
    const { record, dependencies } = host;
    if (end.kind === 'stopped') {
      this.running--;
      this.stop ??= end.reason;
      return true;
    }
    await host.meetDeadline();
    const before = record.state.direction;
    const hasFailed = end.kind === 'failed';
    // The first failure decides how the saga ends.
    if (hasFailed && action.kind === 'act' && before === 'forward') host.rememberCause(end.error, action);
    const random = hasFailed ? dependencies.ids.random() : 0;
    const startedAt = new Date(attempt.startedAt);
    record.eventClasses = attempt.eventClasses;
    await this.append({ action, outcome: end, startedAt, finishedAt, random });
    this.open.delete(key);
    this.running--;
    if (before === 'forward' && record.state.direction === 'backward') this.abortSiblings();
    return true;
  }

  private async append(attempt: FinishedAttempt): Promise<void> {
    const { record, dependencies } = this.host;
    const pending = record.append(record.decide(record.state, attempt), dependencies.checkpoint);
    try {
      if ((await pending.result) === 'stored') return record.recorded(pending);
      if (!(await record.isResolved(pending))) await record.commit((state) => record.decide(state, attempt));
    } catch (error) {
      const refusal = refusalIn(error);
      if (hasActed(attempt)) this.host.rememberCause(refusal, attempt.action);
      await record.recordWithoutValues(attempt, refusal, () => this.drain());
    }
  }

  /** Records the other attempts as they end, because the saga is STUCK afterwards. */
  private async drain(): Promise<void> {
    this.unrecordable++;
    while (this.running > this.unrecordable) await this.turn();
  }

  private abortSiblings(): void {
    const { definition, state } = this.host.record;
    if (branchesAt(definition, state.stage)?.onFailure === 'abort') this.abortAct('sibling-failed');
  }

  private async read(): Promise<true> {
    const { record, mailbox } = this.host;
    const message = await mailbox.next();
    if (message.kind !== 'news') return true;
    mailbox.takeNews();
    try {
      await record.reload();
    } catch (error) {
      // The run must not end before its attempts. Unread news are read when the append of an attempt is fenced.
      const isFenced = error instanceof StopRun && error.reason === 'fenced';
      if (isFenced || this.running === 0) throw error;
    }
    if (record.state.cancel !== undefined && !record.state.isPastPivot) this.abortAct('cancelled');
    return true;
  }

  /** Waits for a message, at most until the next attempt of a branch may begin. */
  private async wait(actions: readonly Action[]): Promise<true> {
    const { record, mailbox, dependencies } = this.host;
    const { clock } = dependencies;
    const waits = actions.filter((action) => action.kind === 'wait');
    const endsAt = this.endOf(waits);
    const timer =
      endsAt === undefined ? undefined : new Wait(clock, endsAt, () => mailbox.post({ kind: 'timer' }));
    await mailbox.awaitNext();
    timer?.end();
    for (const { until } of waits) {
      if ((this.waits.get(until) ?? Number.POSITIVE_INFINITY) > clock.monotonicNow()) continue;
      this.waits.delete(until);
      record.state = afterWait(record.state, until);
    }
    return true;
  }

  /** The end of the wait that is over first. Each is counted from the moment when this process first saw it. */
  private endOf(waits: readonly WaitAction[]): number | undefined {
    const now = this.host.dependencies.clock.monotonicNow();
    for (const { until, forMs } of waits) if (!this.waits.has(until)) this.waits.set(until, now + forMs);
    const ends = waits.map(({ until }) => this.waits.get(until) ?? now);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** If nothing runs here and the rest of every wait is long, the saga waits without an owner. */
  private async park(waits: readonly WaitAction[]): Promise<boolean> {
    const { record, dependencies } = this.host;
    const endsAt = this.endOf(waits) ?? 0;
    const forMs = Math.max(0, endsAt - dependencies.clock.monotonicNow());
    const first = waits.find(({ until }) => this.waits.get(until) === endsAt);
    if (first === undefined || !isToPark({ ...first, forMs }, dependencies)) return false;
    const { until } = first;
    await record.commit((state) => {
      const isWaiting = state.cancel === undefined && state.branches.some(({ retryAt }) => retryAt === until);
      return isWaiting ? { kind: 'parked', park: restOf(state, { until, forMs }) } : undefined;
    });
    return record.state.park !== undefined;
  }

  /** Ends all attempts without entries: another owner repeats them. */
  private async endAll(error: unknown): Promise<void> {
    const isOver = error instanceof StopRun && (error.reason === 'fenced' || error.reason === 'lease-lost');
    this.abort(isOver ? 'lease-lost' : 'shutdown');
    while (this.active > 0) await this.host.mailbox.next();
  }
}
