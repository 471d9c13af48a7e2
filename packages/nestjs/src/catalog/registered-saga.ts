import { stepsOf } from '@nest-saga/core/engine';
import type { RetryPolicy, SagaDefinition, StepDefinition } from '@nest-saga/core';
import type { Stage } from '@nest-saga/core/engine';

/** A saga that this application can run. Plain: it may be sent as it is. */
export interface RegisteredSaga {
  readonly saga: string;
  readonly version: number;
  /** The name of its context's class, if it has one. */
  readonly context: string | undefined;
  /** In the order in which they run. */
  readonly stages: readonly RegisteredStage[];
}

/** One place in the order of a saga: one step, or a primary and its alternative. */
export interface RegisteredStage {
  /** From 1. */
  readonly position: number;
  readonly kind: Stage['kind'];
  /** The primary first. */
  readonly steps: readonly RegisteredStep[];
}

/** A step with what holds for it, defaults included. */
export interface RegisteredStep {
  readonly id: string;
  /** Ids that it had before, oldest first. */
  readonly aliases: readonly string[];
  /** The limit of one attempt, in milliseconds. */
  readonly timeoutMs: number | undefined;
  readonly compensateOn: StepDefinition['compensateOn'];
  readonly retry: RegisteredRetry;
  readonly compensation: RegisteredRetry & Pick<StepDefinition['compensation'], 'onExhausted' | 'timeoutMs'>;
}

/** When a failed attempt is tried again, with the names of the errors that are not. */
export interface RegisteredRetry extends Omit<RetryPolicy, 'nonRetryableErrors'> {
  readonly nonRetryableErrors: readonly string[];
}

/** Describes a checked saga without what only a program can use: classes, handlers, breakers. */
export function toRegisteredSaga({ name, version, context, stages }: SagaDefinition): RegisteredSaga {
  return {
    saga: name,
    version,
    context: context?.name,
    stages: stages.map((stage, index) => ({
      position: index + 1,
      kind: stage.kind,
      steps: stepsOf(stage).map(toRegisteredStep),
    })),
  };
}

function toRegisteredStep(step: StepDefinition): RegisteredStep {
  const { id, aliases, timeoutMs, compensateOn, retry, compensation } = step;
  return {
    id,
    aliases,
    timeoutMs,
    compensateOn,
    retry: { ...retry, nonRetryableErrors: namesOf(retry) },
    compensation: { ...compensation, nonRetryableErrors: namesOf(compensation) },
  };
}

function namesOf({ nonRetryableErrors }: RetryPolicy): readonly string[] {
  return nonRetryableErrors.map((matcher) => (typeof matcher === 'string' ? matcher : matcher.name));
}
