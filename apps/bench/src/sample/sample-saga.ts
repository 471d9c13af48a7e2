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

/** The handler of all steps of a shape: it increments a counter in the context, and returns a few bytes. */
export function countingStep(shape: SagaShape): SagaStepHandler<SampleContext> {
  const failsAt = failingStep(shape);
  const change = shape.keepsContext ? 0 : 1;
  return {
    async act(context: SampleContext, run: StepRun) {
      if (run.step === failsAt) throw new Error('The card is declined.');
      context.done += change;
      return { ok: true };
    },
    async compensate(context: SampleContext) {
      context.done -= change;
    },
  };
}

/** The id of the step that fails, or undefined if all succeed. */
function failingStep(shape: SagaShape): string | undefined {
  return shape.fails ? stepIds(shape).at(-1) : undefined;
}

/** A registry with the sample saga, for an engine without Nest; `handler` is the handler of all steps. */
export function sampleRegistry(
  shape: SagaShape,
  handler: SagaStepHandler<SampleContext> = countingStep(shape),
): SagaRegistry {
  return new SagaRegistry([
    defineSaga({
      name: sampleSagaName,
      context: SampleContext,
      steps: stepIds(shape).map((id) => ({ id, handler: () => handler })),
    }),
  ]);
}
