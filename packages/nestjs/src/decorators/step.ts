import type { SagaStepOptions } from '@nest-saga/core';
import type { SagaStepClass, StepUse } from './step-class.js';

/**
 * Uses a step class in a saga under another id or with other policies, so that one class can stand in a saga twice.
 * What is left out stays as the class's `@SagaStep()` says it, but for its `aliases`: they belong to the class's own id.
 *
 * @example
 * steps: [
 *   step(SendMailStep, { id: 'mail-customer' }),
 *   step(SendMailStep, { id: 'mail-warehouse', timeoutMs: 5_000 }),
 * ]
 */
export function step<Context>(
  stepClass: SagaStepClass<Context>,
  options: Partial<SagaStepOptions>,
): StepUse<Context> {
  return { kind: 'step-use', stepClass, options };
}
