import { approval, delay, fallback, sagaSignal, waitFor } from '@nest-saga/core';
import type { DeclaredStage, DeclaredStep } from '@nest-saga/core';
import { when } from '@nest-saga/core/engine';
import { traceOfSignal } from '@nest-saga/testing';
import type { AwaitedSignals } from '@nest-saga/testing';
import type { PlannedSignal, SagaPlan, StagePlan, StepPlan, WaitPlan } from './run-plan.js';
import type { TrailContext } from './trail-context.js';

/** The error for which the fallbacks of a plan run their alternatives. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
}

/** The id of the delay before a stage. */
export function delayBefore({ id }: StepPlan): string {
  return `before-${id}`;
}

/** The id of the wait for a message before the stage of a step. */
export function messageBefore(id: string): string {
  return `message-before-${id}`;
}

/** All signals that planned sagas wait for. */
export const plannedSignals = {
  paid: sagaSignal('paid'),
  returned: sagaSignal('returned'),
} as const satisfies Record<PlannedSignal, unknown>;

/** The names of the signals that end each wait of a planned saga. */
export function awaitedBy({ stages }: SagaPlan): AwaitedSignals {
  const waits = stages.flatMap(({ awaits, primary }) =>
    awaits === undefined || awaits.for === 'approval'
      ? []
      : [[messageBefore(primary.id), awaits.for] as const],
  );
  return Object.fromEntries(waits);
}

/** The stages of a planned saga. */
export function declareStages(
  { stages }: SagaPlan,
  declare: (step: StepPlan) => DeclaredStep,
): readonly DeclaredStage[] {
  return stages.flatMap((stage): readonly DeclaredStage[] => {
    const { holds, primary, alternative, isForAnyError = false } = stage;
    const declared = [
      ...declareWaits(stage),
      alternative === undefined
        ? declare(primary)
        : fallback(
            declare(primary),
            declare(alternative),
            isForAnyError ? {} : { failureErrors: [GatewayError] },
          ),
    ];
    return holds === undefined ? declared : [when(`choice-${primary.id}`, () => holds, declared)];
  });
}

function declareWaits({ delayMs, awaits, primary }: StagePlan): readonly DeclaredStage[] {
  return [
    ...(delayMs === undefined ? [] : [delay(delayBefore(primary), delayMs)]),
    ...(awaits === undefined ? [] : [declareMessage(messageBefore(primary.id), awaits)]),
  ];
}

function declareMessage(
  id: string,
  { for: awaited, timeoutMs, onTimeout, onReject }: WaitPlan,
): DeclaredStage {
  if (awaited === 'approval')
    return approval(id, { timeoutMs, onTimeout, ...(onReject === undefined ? {} : { onReject }) });
  return waitFor(
    id,
    awaited.map((name) => plannedSignals[name]),
    {
      timeoutMs,
      onTimeout,
      apply: (context: TrailContext, { signal }) => void context.trail.push(traceOfSignal(signal)),
    },
  );
}
