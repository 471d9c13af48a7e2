import { defineSaga } from '@nest-saga/core';
import { SagaRegistry } from '@nest-saga/core/engine';
import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import { SampleContext } from './sample-context.js';
import type { SagaShape } from './saga-shape.js';

/** The name of the saga in every benchmark. */
export const sampleSagaName = 'sample';

/** The ids of its steps, in order. */
export function stepIds({ steps }: SagaShape): readonly string[] {
  return Array.from({ length: steps }, (_, index) => `step-${index + 1}`);
}

/**
 * A step that increments a counter in the context and returns a few bytes.
 *
 * @param failsAt The id of the step that fails instead.
 */
export function countingStep(failsAt: string | undefined): SagaStepHandler<SampleContext> {
  return {
    async act(context: SampleContext, run: StepRun) {
      if (run.step === failsAt) throw new Error('The card is declined.');
      context.done += 1;
      return { ok: true };
    },
    async compensate(context: SampleContext) {
      context.done -= 1;
    },
  };
}

/** The id of the step that fails, or undefined if all succeed. */
export function failingStep(shape: SagaShape): string | undefined {
  return shape.fails ? stepIds(shape).at(-1) : undefined;
}

/** A registry with the sample saga, for an engine without Nest; `handler` is the handler of all steps. */
export function sampleRegistry(
  shape: SagaShape,
  handler: SagaStepHandler<SampleContext> = countingStep(failingStep(shape)),
): SagaRegistry {
  return new SagaRegistry([
    defineSaga({
      name: sampleSagaName,
      context: SampleContext,
      steps: stepIds(shape).map((id) => ({ id, handler: () => handler })),
    }),
  ]);
}
