import type { CompensateOn, CompensationPolicy, RetryPolicy } from './retry-policy.js';
import type { StepRun } from './step-run.js';

/**
 * What a step does and how it is undone. `act` may change the context: the next step sees it. Both are called at
 * least once for each effect, so pass `run.idempotencyKey` on to the target.
 *
 * @typeParam Context The saga's context class.
 * @typeParam Response What `act` returns: stored in the journal, shown on the stream, given to `compensate`.
 */
export interface SagaStepHandler<Context, Response = unknown> {
  act(context: Context, run: StepRun<Response>): Promise<Response> | Response;
  compensate(context: Context, run: StepRun<Response>): Promise<void> | void;
}

/**
 * Gives the handler of a step for one attempt: itself where it is static, a promise of a fresh one where it is
 * request-scoped.
 */
export type StepHandlerSource = (
  run: StepRun,
) => SagaStepHandler<unknown> | Promise<SagaStepHandler<unknown>>;

/** What can be said about a step beyond its id. What is left out comes from the saga, then the module, then the defaults. */
export interface SagaStepPolicies {
  /** When a failed act is tried again. */
  readonly retry?: Partial<RetryPolicy>;
  /** When a failed compensation is tried again, and what follows when it is exhausted. */
  readonly compensation?: Partial<CompensationPolicy>;
  /** The limit of one attempt, of act and of compensate, in milliseconds. None by default. */
  readonly timeoutMs?: number;
  /**
   * Which steps are undone: those whose act `completed`; those whose effect is `in-doubt` as well, because an attempt
   * timed out, was abandoned or may have died with its process; or all that were `attempted`, those that only failed too.
   *
   * @default 'in-doubt'
   */
  readonly compensateOn?: CompensateOn;
}

/** A step as it is declared. */
export interface SagaStepOptions extends SagaStepPolicies {
  /** Unique in its saga; matches `^[A-Za-z][\w.:-]{0,99}$`. It is stored in the journal, so keep it when renaming a class. */
  readonly id: string;
  /** Ids this step had before, oldest first: journals that hold them go on. The oldest stays in the idempotency key. */
  readonly aliases?: readonly string[];
}

/** A step of a checked definition: everything filled in. */
export interface StepDefinition {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly handler: StepHandlerSource;
  readonly retry: RetryPolicy;
  readonly compensation: CompensationPolicy;
  readonly timeoutMs: number | undefined;
  readonly compensateOn: CompensateOn;
}

/** The part of the idempotency key that names the step: its oldest id, so that a rename does not repeat an effect. */
export function stepKey(step: StepDefinition): string {
  return step.aliases[0] ?? step.id;
}

/** Whether a journal entry of this step id belongs to the step. */
export function isStep(step: StepDefinition, id: string): boolean {
  return step.id === id || step.aliases.includes(id);
}
