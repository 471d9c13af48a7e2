import type { Choose, DeclaredWait, ForEach, Parallel, When } from '@nest-saga/core/engine';
import type { Fallback, SagaStepOptions, StepRun } from '@nest-saga/core';

/**
 * The requirements of a saga for a step: its methods, each for a context that the saga's context satisfies. Declared as
 * properties, not as methods, so that the compiler compares the contexts strictly. `@SagaStep()` decides by the kind of
 * the step whether it has `compensate`.
 */
export interface StepOf<Context> {
  readonly act: (context: Context, run: StepRun<never, never>) => unknown;
  readonly compensate?: (context: Context, run: StepRun<never, never>) => unknown;
}

/** The class of a step with these options: with `compensate` if the step can be undone, and without it if not. */
export type StepClassOf<Options> = abstract new (...dependencies: never[]) => StepFor<Options>;

// Options of the type `never` come from a cast: the check at bootstrap judges them.
type StepFor<Options> = [Options] extends [never]
  ? StepOf<never>
  : Options extends { readonly kind: 'pivot' | 'retriable' }
    ? ForwardStepOf
    : CompensatableStepOf;

interface CompensatableStepOf extends StepOf<never> {
  readonly compensate: (context: never, run: StepRun<never, never>) => unknown;
}

interface ForwardStepOf extends StepOf<never> {
  readonly compensate?: never;
}

/** The class of a step that fits a saga of this context. Its constructor may inject any dependencies. */
export type SagaStepClass<Context = never> = abstract new (...dependencies: never[]) => StepOf<Context>;

/** A step class with different options for one position in one saga: see `step()`. */
export interface StepUse<Context = never, StepClass extends SagaStepClass<Context> = SagaStepClass<Context>> {
  readonly kind: 'step-use';
  readonly stepClass: StepClass;
  readonly options: Partial<SagaStepOptions>;
}

/** A step in a saga's list: a class, or the result of `step()`. */
export type SagaStepReference<Context = never> = SagaStepClass<Context> | StepUse<Context>;

/** Stages that run only if a condition holds: see `when()`. */
export interface WhenStage<Context = never> extends When<SagaStage<Context>, Context> {}

/** Several cases, of which one runs: see `choose()`. */
export interface ChooseStage<Context = never> extends Choose<SagaStage<Context>, Context> {}

/** A stage that can also be a branch: a step, or a step with its alternative. */
export type SagaBranch<Context = never> = SagaStepReference<Context> | Fallback<SagaStepReference<Context>>;

/**
 * A stage in a saga's list: a step, a step with its alternative, a wait, steps that run side by side, or a choice between
 * stages.
 */
export type SagaStage<Context = never> =
  | SagaBranch<Context>
  | Parallel<SagaBranch<Context>, Context>
  | ForEach<SagaStepReference<Context>, Context>
  | DeclaredWait<Context>
  | WhenStage<Context>
  | ChooseStage<Context>;
