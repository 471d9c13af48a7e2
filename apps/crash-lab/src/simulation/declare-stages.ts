import { delay, fallback } from '@nest-saga/core';
import type { DeclaredStage, DeclaredStep } from '@nest-saga/core';
import type { SagaPlan, StepPlan } from './run-plan.js';

/** The error for which the fallbacks of a plan run their alternatives. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
}

/** The id of the wait before a stage. */
export function waitBefore({ id }: StepPlan): string {
  return `before-${id}`;
}

/** The stages of a planned saga. */
export function declareStages(
  { stages }: SagaPlan,
  declare: (step: StepPlan) => DeclaredStep,
): readonly DeclaredStage[] {
  return stages.flatMap(
    ({ delayMs, primary, alternative, isForAnyError = false }): readonly DeclaredStage[] => [
      ...(delayMs === undefined ? [] : [delay(waitBefore(primary), delayMs)]),
      alternative === undefined
        ? declare(primary)
        : fallback(
            declare(primary),
            declare(alternative),
            isForAnyError ? {} : { failureErrors: [GatewayError] },
          ),
    ],
  );
}
