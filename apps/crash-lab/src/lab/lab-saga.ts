import { defineSaga, NonRetryableError } from '@nest-saga/core';
import type { DeclaredStep, SagaDefinition, SagaStepHandler, StepRun } from '@nest-saga/core';
import { traceOf } from '@nest-saga/testing';
import { attemptsOf } from '../simulation/run-plan.js';
import type { StepPlan } from '../simulation/run-plan.js';
import { declareStages, GatewayError } from '../simulation/declare-stages.js';
import type { TrailContext } from '../simulation/trail-context.js';
import type { Assignments } from '../simulation/assignments.js';
import type { NamedPlan } from './lab-messages.js';
import type { KillSwitch } from './kill-switch.js';
import type { OutsideWorld } from './outside-world.js';
import type { Underway } from './underway.js';
import { pause } from './wait.js';

/** Times of lab sagas, in milliseconds. */
export const labTimes = { stepTimeoutMs: 400, retryIntervalMs: 20 } as const;

/** The two calls of a step. It is also the event that a lab step emits when the call has succeeded. */
export type CallOfStep = 'act' | 'compensate';

/** The dependencies of the steps of a lab process. */
export interface LabSurroundings {
  readonly process: string;
  readonly world: OutsideWorld;
  readonly killSwitch: KillSwitch;
  readonly assignments: Assignments;
  readonly underway: Underway;
}

/** A planned saga whose handlers change the outside world. The process can die at each of them. */
export function defineLabSaga({ name, plan }: NamedPlan, surroundings: LabSurroundings): SagaDefinition {
  const declare = (step: StepPlan): DeclaredStep => {
    const handler = new LabHandler(step, surroundings);
    const interval = { initialIntervalMs: labTimes.retryIntervalMs, backoffCoefficient: 1 };
    const maximumAttempts = attemptsOf(step);
    const base = {
      id: step.id,
      handler: () => handler,
      retry: Number.isFinite(maximumAttempts) ? { ...interval, maximumAttempts } : interval,
      // Other steps have no time limit: a process that stands still must not look like a step that hangs.
      ...(step.act.includes('hang') || step.undo.includes('hang')
        ? { timeoutMs: labTimes.stepTimeoutMs + step.durationMs }
        : {}),
    };
    if (step.kind === 'pivot') return { ...base, kind: 'pivot' };
    if (step.kind === 'retriable') return { ...base, kind: 'retriable', overdueAfter: 2 };
    const { compensateOn, undoAttempts, onExhausted } = step;
    return {
      ...base,
      compensation: { ...interval, maximumAttempts: undoAttempts, onExhausted },
      compensateOn,
    };
  };
  return defineSaga({
    name,
    maximumRecoveryAttempts: plan.maximumRecoveryAttempts,
    ...(plan.deadlineMs === undefined ? {} : { deadlineMs: plan.deadlineMs }),
    steps: declareStages(plan, declare),
  });
}

class LabHandler implements SagaStepHandler<unknown> {
  constructor(
    private readonly plan: StepPlan,
    private readonly surroundings: LabSurroundings,
  ) {}

  act(context: unknown, run: StepRun): Promise<unknown> {
    return this.surroundings.underway.during(() => this.callAct(context, run));
  }

  compensate(context: unknown, run: StepRun): Promise<void> {
    return this.surroundings.underway.during(() => this.callCompensate(context, run));
  }

  private async callAct(context: unknown, run: StepRun): Promise<unknown> {
    const id = await this.begin('act', context as TrailContext, run);
    const outcome = this.plan.act[run.attempt - 1] ?? 'ok';
    if (outcome === 'hang') return this.hang();
    await this.finish(
      'act',
      id,
      run,
      outcome === 'ok' || outcome === 'fail-after-effect' || outcome === 'unstorable',
    );
    if (outcome === 'ok') {
      this.emit('act', run);
      return run.step;
    }
    if (outcome === 'unstorable') return () => 'a function';
    if (outcome === 'fatal') throw new NonRetryableError('nothing will help');
    if (outcome === 'refuse') throw new Error('refused');
    throw new GatewayError(outcome);
  }

  private async callCompensate(context: unknown, run: StepRun): Promise<void> {
    const id = await this.begin('compensate', context as TrailContext, run);
    const { brokenRounds, undo } = this.plan;
    const isBroken = brokenRounds > 0 && (await this.surroundings.world.roundsOf(run.sagaId)) < brokenRounds;
    const outcome = isBroken ? 'fail' : (undo[run.attempt - 1] ?? 'ok');
    if (outcome === 'hang') return this.hang();
    await this.finish('compensate', id, run, outcome === 'ok');
    if (outcome === 'fail') throw new GatewayError('the undo failed');
    this.emit('compensate', run);
  }

  private emit(call: CallOfStep, run: StepRun): void {
    if (this.plan.emits) run.emit(call);
  }

  private async begin(action: CallOfStep, context: TrailContext, run: StepRun): Promise<string> {
    const { process, world, killSwitch, assignments } = this.surroundings;
    killSwitch.pass(`at ${action} entry of ${run.step}`);
    const { sagaId, step, attempt, idempotencyKey, fencingToken } = run;
    const trail = [...context.trail];
    const id = await world.begin({
      sagaId,
      step,
      action,
      attempt,
      idempotencyKey,
      fencingToken,
      process,
      worker: assignments.workerOf(sagaId, fencingToken),
      compensateOn: this.plan.kind === undefined ? this.plan.compensateOn : 'in-doubt',
      isForward: this.plan.kind !== undefined,
      trail,
    });
    context.trail.push(traceOf(action, step));
    killSwitch.pass(`inside ${action} of ${run.step}`);
    // Longer than the resolution of the clock, so that the records show the order of events.
    await pause(Math.max(3, this.plan.durationMs));
    return id;
  }

  private async finish(action: CallOfStep, id: string, run: StepRun, isEffective: boolean): Promise<void> {
    const { world, killSwitch } = this.surroundings;
    if (isEffective) await world.effect(id);
    killSwitch.pass(`at ${action} exit of ${run.step}`);
    await world.end(id);
  }

  private hang(): Promise<never> {
    return new Promise(() => undefined);
  }
}
