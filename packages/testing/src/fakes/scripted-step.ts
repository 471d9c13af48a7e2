import type { DeclaredStep, SagaStepHandler, SagaStepPolicies, StepOutcome, StepRun } from '@nest-saga/core';
import type { StepHandlerSource } from '@nest-saga/core/engine';
import type { StepScript } from './step-script.js';

/** What a scripted step was called with. */
export interface ScriptedCall {
  readonly action: 'act' | 'compensate';
  /** A copy of the context as the attempt got it. */
  readonly context: unknown;
  readonly sagaId: string;
  readonly step: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly actIdempotencyKey: string | undefined;
  readonly fencingToken: number;
  readonly outcome: StepOutcome | undefined;
  readonly response: unknown;
}

/** What a scripted step does. A list is gone through call by call, and its last script stays. */
export interface ScriptedStepOptions extends SagaStepPolicies {
  /** Works and answers nothing, if left out. */
  readonly act?: readonly StepScript[];
  /** Works, if left out. */
  readonly compensate?: readonly StepScript[];
  readonly aliases?: readonly string[];
}

/**
 * A step that does what its script says, attempt by attempt, and remembers each call. It is its own declaration, so
 * it stands in a list of steps, or in a `fallback()`, as it is.
 */
export class ScriptedStep implements DeclaredStep, SagaStepHandler<unknown> {
  readonly calls: ScriptedCall[] = [];
  readonly aliases: readonly string[];
  readonly retry: NonNullable<SagaStepPolicies['retry']>;
  readonly compensation: NonNullable<SagaStepPolicies['compensation']>;
  readonly timeoutMs?: number;
  readonly compensateOn?: NonNullable<SagaStepPolicies['compensateOn']>;
  readonly handler: StepHandlerSource = () => this;
  private readonly listeners: ((call: ScriptedCall) => void)[] = [];
  private acts: readonly StepScript[];
  private compensations: readonly StepScript[];

  constructor(
    readonly id: string,
    options: ScriptedStepOptions = {},
  ) {
    this.acts = options.act ?? [];
    this.compensations = options.compensate ?? [];
    this.aliases = options.aliases ?? [];
    this.retry = options.retry ?? {};
    this.compensation = options.compensation ?? {};
    if (options.timeoutMs !== undefined) this.timeoutMs = options.timeoutMs;
    if (options.compensateOn !== undefined) this.compensateOn = options.compensateOn;
  }

  /** The calls of `act`, in order. */
  get actCalls(): readonly ScriptedCall[] {
    return this.calls.filter(({ action }) => action === 'act');
  }

  /** The calls of `compensate`, in order. */
  get compensateCalls(): readonly ScriptedCall[] {
    return this.calls.filter(({ action }) => action === 'compensate');
  }

  act(context: unknown, run: StepRun): unknown {
    const script = pick(this.acts, this.actCalls.length);
    this.record('act', context, run);
    return script?.(context as Record<string, unknown>, run);
  }

  async compensate(context: unknown, run: StepRun): Promise<void> {
    const script = pick(this.compensations, this.compensateCalls.length);
    this.record('compensate', context, run);
    await script?.(context as Record<string, unknown>, run);
  }

  /** What it does from the next calls on, in place of what is left of the scripts; what is left out stays. */
  rescript(scripts: Pick<ScriptedStepOptions, 'act' | 'compensate'>): void {
    const { act, compensate } = scripts;
    if (act !== undefined) this.acts = [...padding(this.actCalls), ...act];
    if (compensate !== undefined) this.compensations = [...padding(this.compensateCalls), ...compensate];
  }

  /** Calls back at every call, before the script runs. */
  onCall(listener: (call: ScriptedCall) => void): void {
    this.listeners.push(listener);
  }

  private record(action: ScriptedCall['action'], context: unknown, run: StepRun): void {
    const { sagaId, step, attempt, idempotencyKey, actIdempotencyKey, fencingToken, outcome, response } = run;
    const keys = { idempotencyKey, actIdempotencyKey, fencingToken };
    const seen = { sagaId, step, attempt, ...keys, outcome, response };
    const call: ScriptedCall = { action, context: structuredClone(context), ...seen };
    this.calls.push(call);
    for (const listener of this.listeners) listener(call);
  }
}

function pick(scripts: readonly StepScript[], index: number): StepScript | undefined {
  return scripts[index] ?? scripts.at(-1);
}

function padding(calls: readonly ScriptedCall[]): readonly StepScript[] {
  return calls.map(() => () => undefined);
}
