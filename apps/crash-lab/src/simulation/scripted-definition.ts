import { defineSaga, NonRetryableError, StepAbortedError } from '@nest-saga/core';
import type { DeclaredStep, SagaDefinition, SagaStepHandler, StepDefinition, StepRun } from '@nest-saga/core';
import { traceOf } from '@nest-saga/testing';
import type { Assignments } from './assignments.js';
import type { Life } from './life.js';
import { declareStages, GatewayError } from './declare-stages.js';
import { mapSteps } from './map-steps.js';
import type { ActOutcome, HandlerFault, SagaPlan, StepPlan } from './run-plan.js';
import { attemptsOf, simulatedTimes } from './run-plan.js';
import type { OpenLedgerRow, RunRecord } from './run-record.js';
import type { TrailContext } from './trail-context.js';
import type { VirtualTime } from './virtual-time.js';

/** The dependencies of a handler in a run. */
export interface HandlerSurroundings {
  readonly life: Life;
  readonly record: RunRecord;
  readonly time: VirtualTime;
  /** The assignments of its process. */
  readonly assignments: Assignments;
  nextHandlerFault(): HandlerFault | undefined;
  crash(life: Life, why: string): void;
  longMs(): number;
  tell(text: () => string): void;
}

const definitions = new WeakMap<SagaPlan, SagaDefinition>();

/** The saga of a plan, with handlers that do nothing yet: see {@link inhabit}. Made once for each plan. */
export function definePlannedSaga(plan: SagaPlan): SagaDefinition {
  const known = definitions.get(plan);
  if (known !== undefined) return known;
  const definition = defineSaga({
    name: 'planned',
    maximumRecoveryAttempts: plan.maximumRecoveryAttempts,
    ...(plan.deadlineMs === undefined ? {} : { deadlineMs: plan.deadlineMs }),
    steps: declareStages(plan, declare),
  });
  definitions.set(plan, definition);
  return definition;
}

function declare(step: StepPlan): DeclaredStep {
  const interval = { initialIntervalMs: simulatedTimes.retryIntervalMs, backoffCoefficient: 1 };
  const maximumAttempts = attemptsOf(step);
  const base = {
    id: step.id,
    handler: () => {
      throw new Error('no process runs this definition');
    },
    retry: Number.isFinite(maximumAttempts) ? { ...interval, maximumAttempts } : interval,
    timeoutMs: simulatedTimes.stepTimeoutMs,
  };
  if (step.kind === 'pivot') return { ...base, kind: 'pivot' };
  if (step.kind === 'retriable') return { ...base, kind: 'retriable', overdueAfter: 2 };
  return {
    ...base,
    compensation: { ...interval, maximumAttempts: step.undoAttempts, onExhausted: step.onExhausted },
    compensateOn: step.compensateOn,
  };
}

/** The same saga with handlers that belong to one process and follow the plan. */
export function inhabit(
  definition: SagaDefinition,
  plan: SagaPlan,
  surroundings: HandlerSurroundings,
): SagaDefinition {
  const plans = new Map(
    plan.stages
      .flatMap(({ primary, alternative }) => [primary, alternative ?? primary])
      .map((step) => [step.id, step]),
  );
  const settle = (step: StepDefinition): StepDefinition => {
    const stepPlan = plans.get(step.id);
    if (stepPlan === undefined) throw new Error(`"${step.id}" is not in the plan`);
    const handler = new ScriptedHandler(stepPlan, surroundings);
    return { ...step, handler: () => handler };
  };
  return { ...definition, stages: definition.stages.map((stage) => mapSteps(stage, settle)) };
}

/** The outcomes of acts that change the outside world. */
const effective: ReadonlySet<ActOutcome> = new Set(['ok', 'overtime', 'fail-after-effect', 'unstorable']);

class ScriptedHandler implements SagaStepHandler<unknown> {
  constructor(
    private readonly plan: StepPlan,
    private readonly surroundings: HandlerSurroundings,
  ) {}

  async act(context: unknown, run: StepRun): Promise<unknown> {
    const row = await this.begin('act', context as TrailContext, run);
    const outcome = this.plan.act[run.attempt - 1] ?? 'ok';
    if (outcome === 'hang') return this.hang(run);
    if (outcome === 'overtime') await this.takeTooLong(row);
    row.isEffective = effective.has(outcome);
    await this.leave(row);
    switch (outcome) {
      case 'ok':
      case 'overtime':
        if (this.plan.emits) run.emit(`${run.step} is done`);
        return run.step;
      case 'unstorable':
        return () => 'a function';
      case 'fatal':
        throw new NonRetryableError('nothing will help');
      case 'refuse':
        throw new Error('refused');
      default:
        throw new GatewayError(outcome);
    }
  }

  async compensate(context: unknown, run: StepRun): Promise<void> {
    const row = await this.begin('compensate', context as TrailContext, run);
    const isBroken = this.surroundings.record.operatorRounds < this.plan.brokenRounds;
    const outcome = isBroken ? 'fail' : (this.plan.undo[run.attempt - 1] ?? 'ok');
    if (outcome === 'hang') return this.hang(run);
    row.isEffective = outcome === 'ok';
    await this.leave(row);
    if (outcome === 'fail') throw new GatewayError('the undo failed');
    if (this.plan.emits) run.emit(`${run.step} is undone`);
  }

  private async begin(
    action: 'act' | 'compensate',
    context: TrailContext,
    run: StepRun,
  ): Promise<OpenLedgerRow> {
    const { life, record, time, assignments } = this.surroundings;
    const row: OpenLedgerRow = {
      sagaId: run.sagaId,
      step: run.step,
      action,
      attempt: run.attempt,
      idempotencyKey: run.idempotencyKey,
      fencingToken: run.fencingToken,
      process: life.name,
      worker: assignments.workerOf(run.sagaId, run.fencingToken),
      beganAt: time.now(),
      endedAt: undefined,
      isEffective: false,
      ...(this.plan.kind === undefined ? { compensateOn: this.plan.compensateOn } : { isForward: true }),
      trail: [...context.trail],
      ...(run.outcome === undefined ? {} : { outcome: run.outcome }),
    };
    record.ledger.push(row);
    if (row.isForward === true) this.watchSignal(row, run.signal);
    record.revision++;
    this.surroundings.tell(() => `${life.name}: ${action} of ${run.step}, attempt ${run.attempt}`);
    // The context changes before the end of the attempt: the changes of a failed attempt must be lost.
    context.trail.push(traceOf(action, run.step));
    const fault = this.surroundings.nextHandlerFault();
    if (fault === 'crash-at-entry') await this.crash(fault);
    if (fault === 'pause-at-entry') this.pause(fault);
    // At least one moment, so that the records show whether a call began before an entry was durable.
    await life.sleep(this.plan.durationMs);
    if (fault === 'crash-inside') await this.crash(fault);
    // A pause within a pause would cause a timeout, which is not in the plan.
    if (fault === 'pause-inside' && time.now() - row.beganAt < simulatedTimes.stepTimeoutMs) {
      this.pause(fault);
      await life.sleep(1);
    }
    if (fault === 'crash-at-exit') this.dyingRows.add(row);
    return row;
  }

  /** Only while the call runs: what happens to the signal of a call that has ended says nothing. */
  private watchSignal(row: OpenLedgerRow, signal: AbortSignal): void {
    signal.addEventListener('abort', () => {
      if (row.endedAt === undefined) row.abortedBy = reasonOf(signal);
    });
  }

  private readonly dyingRows = new Set<OpenLedgerRow>();

  private async leave(row: OpenLedgerRow): Promise<void> {
    if (this.dyingRows.delete(row)) await this.crash('crash-at-exit');
    row.endedAt = this.surroundings.time.now();
    this.surroundings.record.revision++;
  }

  private async takeTooLong({ beganAt }: OpenLedgerRow): Promise<void> {
    const { life, time } = this.surroundings;
    await life.sleep(Math.max(1, beganAt + simulatedTimes.overtimeMs - time.now()));
  }

  private pause(why: HandlerFault): void {
    const { life, record } = this.surroundings;
    record.faults.push(why);
    life.pause(this.surroundings.longMs());
  }

  private crash(why: HandlerFault): Promise<never> {
    this.surroundings.record.faults.push(why);
    this.surroundings.crash(this.surroundings.life, why);
    return new Promise(() => undefined);
  }

  /** Every second handler that hangs obeys its signal; the others continue to hang. */
  private hang(run: StepRun): Promise<never> {
    if (this.plan.durationMs % 2 === 0) return new Promise(() => undefined);
    return new Promise((_, reject) => {
      run.signal.addEventListener('abort', () => reject(run.signal.reason as Error));
    });
  }
}

function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof StepAbortedError ? reason.reason : String(reason);
}
