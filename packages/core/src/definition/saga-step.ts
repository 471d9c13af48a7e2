import type {
  CompensateOn,
  CompensationPolicy,
  RetryPolicy,
  SagaStepPolicies,
} from '../options/step-policies.js';
import type { OptionsOf } from '../options/option.js';
import type { StepExtras } from './saga-tables.js';
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

/** A step as it is declared. */
export interface SagaStepOptions extends SagaStepPolicies, OptionsOf<StepExtras> {
  /** Unique in its saga; matches `^[A-Za-z][\w.:-]{0,99}$`. It is stored in the journal, so keep it when renaming a class. */
  readonly id: string;
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
