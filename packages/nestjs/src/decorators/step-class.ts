import type { Fallback, SagaStepOptions, StepRun } from '@nest-saga/core';

/**
 * What a saga asks of a step: both methods, neither of which takes more than the saga's context has. Written with
 * properties, not methods, so that the compiler compares the contexts strictly.
 */
export interface StepOf<Context> {
  readonly act: (context: Context, run: StepRun<never>) => unknown;
  readonly compensate: (context: Context, run: StepRun<never>) => unknown;
}

/** The class of a step that fits a saga of this context; any constructor injection will do. */
export type SagaStepClass<Context = never> = abstract new (...dependencies: never[]) => StepOf<Context>;

/** A step class with what one place in one saga says differently: see `step()`. */
export interface StepUse<Context = never> {
  readonly kind: 'step-use';
  readonly stepClass: SagaStepClass<Context>;
  readonly options: Partial<SagaStepOptions>;
}

/** How a saga's list names a step. */
export type SagaStepReference<Context = never> = SagaStepClass<Context> | StepUse<Context>;

/** A place in a saga's list. */
export type SagaStage<Context = never> = SagaStepReference<Context> | Fallback<SagaStepReference<Context>>;
