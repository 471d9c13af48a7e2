import type { SagaStepPolicies } from '../options/step-policies.js';
import type { OptionsOf } from '../options/option.js';
import type { ResolvedPolicies } from './resolve-policies.js';
import type { StepExtras, StepKind } from './saga-tables.js';
import type { StepRun } from './step-run.js';

/**
 * The action of a step and its undo. `act` may change the context: the next step gets the changed one. Both are called
 * at least once for each effect, so pass `run.idempotencyKey` on to the target.
 *
 * @typeParam Context The saga's context class.
 * @typeParam Response The result of `act`: stored in the journal, emitted on the stream, and passed to `compensate`.
 */
export interface SagaStepHandler<Context, Response = unknown> {
  act(context: Context, run: StepRun<Response>): Promise<Response> | Response;
  compensate(context: Context, run: StepRun<Response>): Promise<void> | void;
}

/** A step that can be undone, which is the default kind: another name of {@link SagaStepHandler}. */
export type CompensatableStep<Context, Response = unknown> = SagaStepHandler<Context, Response>;

/**
 * A step that is never undone: a pivot, or a retriable step after it. `act` is called at least once for its effect, so
 * pass `run.idempotencyKey` on to the target. `run.signal` does not fire on a cancel or a deadline of the saga.
 *
 * @typeParam Context The saga's context class.
 * @typeParam Response The result of `act`: stored in the journal and emitted on the stream.
 */
export interface ForwardStep<Context, Response = unknown> {
  act(context: Context, run: StepRun<Response>): Promise<Response> | Response;
  compensate?: never;
}

/** The handler of a step of any kind. */
export type StepHandler<Context, Response = unknown> =
  CompensatableStep<Context, Response> | ForwardStep<Context, Response>;

/**
 * Provides the handler of a step for one attempt: the handler itself if it is static, or a promise of a new one if it
 * is request-scoped.
 */
export type StepHandlerSource = (run: StepRun) => StepHandler<unknown> | Promise<StepHandler<unknown>>;

/** The options of a step. */
export interface SagaStepOptions extends SagaStepPolicies, OptionsOf<StepExtras> {
  /**
   * The id of the step, unique in its saga; matches `^[A-Za-z][\w.:-]{0,99}$`. It is stored in the journal, so keep it
   * when you rename the class.
   */
  readonly id: string;
}

/** A step of a checked definition, with all defaults filled in. */
export interface StepDefinition extends ResolvedPolicies {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly kind: StepKind;
  /** The failed attempt from which on a retriable step is overdue; undefined for the other kinds. */
  readonly overdueAfter: number | undefined;
  readonly handler: StepHandlerSource;
  /** Which of its calls run in a transaction together with their entry. */
  readonly transactional: boolean | 'act' | 'compensate';
}

/** Whether this call of a step runs in a transaction together with its entry. */
export function isTransactional(
  { transactional }: Pick<StepDefinition, 'transactional'>,
  call: 'act' | 'compensate',
): boolean {
  return transactional === true || transactional === call;
}

/** Whether a step of this kind is never undone. */
export function isForward({ kind }: Pick<StepDefinition, 'kind'>): boolean {
  return kind !== 'compensatable';
}

/** The part of the idempotency key for the step: its oldest id, so that a rename does not repeat an effect. */
export function stepKey(step: StepDefinition): string {
  return step.aliases[0] ?? step.id;
}

/** Whether an entry with this id belongs to the step or the wait. */
export function isStep(step: Pick<StepDefinition, 'id' | 'aliases'>, id: string): boolean {
  if (step.id === id || step.aliases.includes(id)) return true;
  // The branch for one item has the id of its step, and the key of the item.
  return id.endsWith(']') && isStep(step, id.slice(0, id.indexOf('[')));
}
