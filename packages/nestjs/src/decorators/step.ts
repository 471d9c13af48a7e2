import type { SagaStepOptions } from '@nest-saga/core';
import type { SagaStepClass, StepUse } from './step-class.js';

/**
 * Uses a step class in a saga under another id or with other policies, so that a saga can use one class twice. Options
 * that are left out come from the `@SagaStep()` of the class, except for `aliases`, which belong to the id of the
 * class.
 *
 * @example
 * steps: [
 *   step(SendMailStep, { id: 'mail-customer' }),
 *   step(SendMailStep, { id: 'mail-warehouse', timeoutMs: 5_000 }),
 * ]
 */
export function step<Context, StepClass extends SagaStepClass<Context> = SagaStepClass<Context>>(
  stepClass: SagaStepClass<Context> & StepClass,
  options: Partial<SagaStepOptions>,
): StepUse<Context, StepClass> {
  return { kind: 'step-use', stepClass, options };
}
