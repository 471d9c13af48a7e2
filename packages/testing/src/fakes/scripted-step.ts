import type { DeclaredStep, SagaStepHandler, SagaStepPolicies, StepOutcome, StepRun } from '@nest-saga/core';
import type { StepHandlerSource, StepKind } from '@nest-saga/core/engine';
import type { StepScript } from './step-script.js';

/** One call of a scripted step. */
export interface ScriptedCall {
  readonly action: 'act' | 'compensate';
  /** A copy of the context that the attempt got. */
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

/** The scripts of a step. Each call uses the next script of the list, and the last script stays. */
export interface ScriptedStepOptions extends SagaStepPolicies {
  /** Without it, acts succeed without a response. */
  readonly act?: readonly StepScript[];
  /** Without it, compensations succeed. */
  readonly compensate?: readonly StepScript[];
  readonly aliases?: readonly string[];
  /** Without it, the step can be undone. */
  readonly kind?: StepKind;
  readonly overdueAfter?: number;
}

/**
 * A step that follows its scripts, attempt by attempt, and keeps each call. It is its own declaration, so it can be
 * listed in a saga or a `fallback()` directly.
 */
export class ScriptedStep implements DeclaredStep, SagaStepHandler<unknown> {
  readonly calls: ScriptedCall[] = [];
  readonly aliases: readonly string[];
  readonly retry: NonNullable<SagaStepPolicies['retry']>;
  readonly kind?: StepKind;
  readonly overdueAfter?: number;
  readonly compensation?: NonNullable<SagaStepPolicies['compensation']>;
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
    const { kind = 'compensatable', overdueAfter } = options;
    if (options.kind !== undefined) this.kind = kind;
    if (overdueAfter !== undefined) this.overdueAfter = overdueAfter;
    if (kind === 'compensatable') this.compensation = options.compensation ?? {};
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

  /** Replaces the remaining scripts of the given methods, from the next call on. */
  rescript(scripts: Pick<ScriptedStepOptions, 'act' | 'compensate'>): void {
    const { act, compensate } = scripts;
    if (act !== undefined) this.acts = [...padding(this.actCalls), ...act];
    if (compensate !== undefined) this.compensations = [...padding(this.compensateCalls), ...compensate];
  }

  /** Calls the listener at every call, before the script runs. */
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
