import { checkSize } from '../context/context-codec.js';
import type { Json } from '../context/context-codec.js';
import { hydrate } from '../context/hydrate.js';
import type { CircuitBreaker } from '../definition/circuit-breaker.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { CompensatableStep, StepHandler } from '../definition/saga-step.js';
import { isForward } from '../definition/saga-step.js';
import { StepOutcome } from '../definition/step-run.js';
import type { StepAbortReason } from '../errors/step-aborted-error.js';
import { StepAbortedError } from '../errors/step-aborted-error.js';
import { StepTimedOutError } from '../errors/step-timed-out-error.js';
import { isSagaError, isThenable } from '../identity/thrown.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import { bindTransaction, hasTransaction } from '../identity/transaction-handle.js';
import type { CancelTimer } from '../ports/clock.js';
import type { StorageTransaction } from '../ports/saga-storage.js';
import type { EventClasses } from './attempt-run.js';
import { AttemptRun } from './attempt-run.js';
import type { AttemptEnd } from './attempt-end.js';
import { knownAttempts, stageOf } from './known-attempts.js';
import type { Mailbox } from './mailbox.js';
import type { ActAction, CompensateAction } from './action.js';
import type { StepAttemptDependencies } from './step-attempt-dependencies.js';

/**
 * One attempt of an act or a compensation: calls the handler, watches its timeout, aborts it, and resolves when it has
 * ended, at the latest a grace period later. Nothing else of the saga may run at the same time as its handler. A result
 * after the grace period is discarded.
 */
export class StepAttempt {
  /** In milliseconds of the wall clock. */
  readonly startedAt: number;
  private readonly run: AttemptRun;
  private readonly context: unknown;
  private readonly breaker: CircuitBreaker | undefined;
  /** Whether the handler was called: if not, its effect cannot be there. */
  isCalled = false;
  private resolve: ((end: AttemptEnd | Mailbox) => void) | undefined;
  private cancelTimer: CancelTimer | undefined;
  private abortReason: StepAbortReason | undefined;
  private rejectAttempt: ((error: unknown) => void) | undefined;

  /** Decodes the context; an error of the codec is a problem of the saga's record, not a failure of the step. */
  constructor(
    private readonly dependencies: StepAttemptDependencies,
    private readonly definition: SagaDefinition,
    private readonly header: SagaHeader,
    state: SagaState,
    private readonly action: ActAction | CompensateAction,
  ) {
    this.startedAt = dependencies.clock.now();
    this.run = new AttemptRun(definition, header, state, action);
    this.breaker = action.kind === 'act' ? breakerOf(definition, state, action) : undefined;
    this.context = hydrate(definition.context, definition.codec.decode(state.context));
  }

  /** The id of the step. */
  get step(): string {
    return this.run.step;
  }

  /** The classes of its events. */
  get eventClasses(): EventClasses | undefined {
    return this.run.eventClasses;
  }

  /** Runs the attempt; call once. Resolves with its end, or with the mailbox that interrupts it. Never rejects. */
  start(): Promise<AttemptEnd | Mailbox> {
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.startTimeout();
      try {
        Promise.resolve(this.call()).then(this.onReturned, this.onThrown);
      } catch (error) {
        this.onThrown(error);
      }
    });
  }

  /** Runs the handler in a transaction, which ends at once if the attempt is aborted. Call before `start`. */
  bind({ handle }: Pick<StorageTransaction, 'handle'>, abandon: () => void): void {
    bindTransaction(this.run, handle);
    this.run.signal.addEventListener('abort', abandon);
  }

  /** Answers `start` now if the attempt runs: its end will be posted to the mailbox. Call once. */
  interrupt(mailbox: Mailbox): void {
    const { resolve } = this;
    if (resolve === undefined) return;
    this.resolve = (end) => {
      if (end.kind !== 'mailbox') mailbox.post({ kind: 'attempt-ended', end });
    };
    resolve(mailbox);
  }

  /** The ids of the acts that were called and have no entry; of a branch, the id of the branch. */
  get openActs(): readonly string[] {
    const { action } = this;
    return action.kind === 'act' && this.isCalled ? [action.branch?.id ?? action.step.id] : [];
  }

  /**
   * Aborts the handler of an act because its saga is to be undone: neither a compensation, nor an act that cannot be
   * undone, whose result alone shows whether the saga can be.
   */
  abortAct(reason: 'cancelled' | 'deadline' | 'sibling-failed'): void {
    const { kind, step } = this.action;
    if (kind === 'act' && !isForward(step)) this.abort(reason);
  }

  /** Aborts the handler. Only the first reason counts, but a lost lease ends the attempt at once. */
  abort(reason: StepAbortReason): void {
    if (this.resolve === undefined) return;
    if (this.abortReason === undefined) {
      this.abortReason = reason;
      this.run.abort(new StepAbortedError(this.header.sagaId, this.run.step, reason));
      this.cancelTimer?.();
      if (reason !== 'lease-lost') this.startGrace(reason);
    }
    // Another worker may run the saga now, so the grace period of an earlier reason is over, too.
    if (reason === 'lease-lost') this.end({ kind: 'stopped', reason });
  }

  private startGrace(reason: Exclude<StepAbortReason, 'lease-lost'>): void {
    const { clock, abortGraceMs } = this.dependencies;
    this.cancelTimer = clock.startTimer(abortGraceMs, () => this.end(this.abandoned(reason)));
    if (reason === 'timeout') this.rejectAttempt?.(this.timedOutError());
  }

  private readonly onReturned = (returned: unknown): void => {
    const result = this.dependencies.awaitResult?.(returned, this.run);
    if (result === undefined) this.end(this.completed(returned));
    else result.then((last) => this.end(this.completed(last)), this.onThrown);
  };

  private readonly onThrown = (error: unknown): void => this.end(this.failed(error));

  private call(): unknown {
    const handler = this.action.step.handler(this.run);
    return isThenable(handler)
      ? handler.then((resolved) => this.intercept(resolved))
      : this.intercept(handler);
  }

  /** Calls the handler, inside an interceptor and a breaker if there are any. */
  private intercept(handler: StepHandler<unknown>): unknown {
    const { interceptor } = this.dependencies;
    // hot path: a step without either costs no closure and no promise beyond the handler's own.
    if (interceptor === undefined && this.breaker === undefined) return this.invoke(handler);
    const call = async (): Promise<unknown> => this.resultOf(await this.invoke(handler));
    if (interceptor === undefined) return this.guard(call);
    const { name: saga, version } = this.definition;
    const reference = {
      saga,
      version,
      action: this.action.kind,
      run: this.run,
      metadata: this.header.metadata,
    };
    return interceptor.intercept(reference, () => this.guard(call));
  }

  private async guard(call: () => Promise<unknown>): Promise<unknown> {
    if (this.breaker === undefined) return call();
    let running: Promise<unknown> | undefined;
    try {
      return await this.breaker.execute(this.action.step.id, () =>
        this.untilGivenUp(() => (running = call())),
      );
    } catch (error) {
      // The breaker has already counted the timeout; the attempt still waits for the result within the grace period.
      if (running === undefined || this.resolve === undefined || this.abortReason !== 'timeout') throw error;
      const late = running;
      return await this.untilGivenUp(() => late);
    }
  }

  // A target that hangs has to count for its breaker when its time is over, not when it finally answers. An error that
  // a handler throws because this process aborts it says nothing about the target.
  private untilGivenUp(call: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.rejectAttempt = reject;
      call().then(resolve, (error: unknown) =>
        this.rejectAttempt?.(this.isStopped() ? this.aborted('shutdown') : error),
      );
    });
  }

  // Before the breaker and the interceptor have an answer: what they judge is the result.
  private resultOf(returned: unknown): unknown {
    return this.dependencies.awaitResult?.(returned, this.run) ?? returned;
  }

  private isStopped(): boolean {
    return this.abortReason === undefined ? this.dependencies.isStopping() : this.abortReason !== 'timeout';
  }

  private aborted(otherwise: StepAbortReason): StepAbortedError {
    return new StepAbortedError(this.header.sagaId, this.run.step, this.abortReason ?? otherwise);
  }

  private invoke(handler: StepHandler<unknown>): unknown {
    // A slow provider, an interceptor or a breaker may call when the lease has expired, which a paused process has not
    // noticed yet: another worker may run the saga now.
    if (!this.dependencies.isLeaseValid()) this.abort('lease-lost');
    // The same if the attempt is over: a handler that started now would repeat an abandoned act.
    if (this.resolve === undefined || this.abortReason !== undefined) throw this.aborted('timeout');
    this.isCalled = true;
    return this.action.kind === 'act'
      ? handler.act(this.context, this.run)
      : (handler as CompensatableStep<unknown>).compensate(this.context, this.run);
  }

  private startTimeout(): void {
    const timeoutMs = this.timeoutMs();
    if (timeoutMs !== undefined)
      this.cancelTimer = this.dependencies.clock.startTimer(timeoutMs, () => this.abort('timeout'));
  }

  private timeoutMs(): number | undefined {
    const { step, kind } = this.action;
    return kind === 'compensate' ? (step.compensation.timeoutMs ?? step.timeoutMs) : step.timeoutMs;
  }

  private end(end: AttemptEnd): void {
    this.cancelTimer?.();
    this.run.close();
    this.resolve?.(end);
    this.resolve = undefined;
    this.rejectAttempt?.(end.kind === 'failed' ? end.error : this.aborted('shutdown'));
  }

  private completed(returned: unknown): AttemptEnd {
    // A transaction ended with the time of the attempt: there is nothing left to complete.
    const isRolledBack = this.abortReason === 'timeout' && hasTransaction(this.run);
    if (this.resolve === undefined || isRolledBack) return this.abandoned('timeout');
    let response: Json | undefined;
    try {
      if (this.action.kind === 'act' && returned !== undefined) response = this.encode(returned, 'response');
      return {
        kind: 'completed',
        context: this.encode(this.context, 'context'),
        response,
        events: this.run.events(),
      };
    } catch (error) {
      return this.failure(error, StepOutcome.Completed, response);
    }
  }

  private encode(value: unknown, path: string): Json {
    const json = this.definition.codec.encode(value, path);
    checkSize(json, path);
    return json;
  }

  private failed(error: unknown): AttemptEnd {
    // An error that a handler throws because its time is over says nothing about its effect.
    if (this.abortReason === 'timeout') return this.abandoned('timeout');
    // During a shutdown, this process may have caused the failure (a closed pool, an aborted call): the attempt is not
    // recorded, and the next worker repeats it.
    if (this.abortReason === 'shutdown' || this.dependencies.isStopping())
      return { kind: 'stopped', reason: 'shutdown' };
    return this.failure(
      error,
      this.abortReason === undefined ? this.outcomeOfThrown(error) : this.outcomeOfAborted(),
    );
  }

  private failure(error: unknown, outcome: StepOutcome, response?: Json): AttemptEnd {
    return { kind: 'failed', error, outcome, response, isBreakerOpen: this.isRefused(error) };
  }

  private isRefused(error: unknown): boolean {
    // A breaker that called the act has not refused it: the act may have its own breakers and throw their errors.
    if (this.breaker === undefined || this.rejectAttempt !== undefined) return false;
    try {
      return this.breaker.isOpen(error);
    } catch {
      return false;
    }
  }

  private abandoned(reason: StepAbortReason): AttemptEnd {
    if (reason === 'shutdown' || reason === 'lease-lost') return { kind: 'stopped', reason };
    return this.failure(
      reason === 'timeout' ? this.timedOutError() : this.aborted(reason),
      this.outcomeOfAborted(),
    );
  }

  private outcomeOfThrown(error: unknown): StepOutcome {
    const isInDoubt = this.action.kind === 'act' && isSagaError(error, 'SAGA_STEP_IN_DOUBT');
    return isInDoubt ? StepOutcome.Unknown : StepOutcome.Failed;
  }

  private outcomeOfAborted(): StepOutcome {
    return this.isCalled || this.action.kind === 'compensate' ? StepOutcome.Unknown : StepOutcome.Failed;
  }

  private timedOutError(): StepTimedOutError {
    return new StepTimedOutError(this.header.sagaId, this.run.step, this.timeoutMs() ?? 0);
  }
}

function breakerOf(
  definition: SagaDefinition,
  state: SagaState,
  action: ActAction,
): CircuitBreaker | undefined {
  const stage = stageOf(definition, state, action);
  const { isAlternative } = knownAttempts(state, action);
  return stage?.kind === 'fallback' && !isAlternative ? stage.circuitBreaker : undefined;
}
