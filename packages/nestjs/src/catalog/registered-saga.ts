import { stepsOf } from '@nest-saga/core/engine';
import type { RetryPolicy, SagaDefinition, StepDefinition } from '@nest-saga/core';
import type { Guard, Stage, WaitDefinition } from '@nest-saga/core/engine';

/** A saga that this application can run, as plain data that can be sent to a client as it is. */
export interface RegisteredSaga {
  readonly saga: string;
  readonly version: number;
  /** The name of its context's class, if it has one. */
  readonly context: string | undefined;
  /** The stages in the order in which they run. */
  readonly stages: readonly RegisteredStage[];
}

/** One stage of a saga: one step, or a primary and its alternative. */
export interface RegisteredStage {
  /** The number of the stage, from 1. */
  readonly position: number;
  readonly kind: Stage['kind'];
  /** The steps of the stage, the primary first; a wait has none. */
  readonly steps: readonly RegisteredStep[];
  /** Of a wait: what it waits for. */
  readonly wait?: RegisteredWait;
  /** The conditions under which the stage runs, the outermost first. Absent for a stage that always runs. */
  readonly conditions?: readonly RegisteredCondition[];
}

/** A condition of a stage. */
export interface RegisteredCondition {
  /** The id of the choice. */
  readonly choice: string;
  /** `true` of `when()`, or the name of a case of `choose()`. */
  readonly equals: boolean | string;
}

/** A place that waits. */
export interface RegisteredWait {
  readonly id: string;
  readonly for: WaitDefinition['for'];
  /** The length of a delay, or the limit of another wait, in milliseconds; undefined if the context says it, or there is none. */
  readonly limitMs: number | undefined;
}

/** A step with its resolved options, defaults included. */
export interface RegisteredStep {
  readonly id: string;
  /** Ids that the step had in earlier releases, the oldest first. */
  readonly aliases: readonly string[];
  /** The limit of one attempt, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Of a step that is never undone; absent for one that can be undone. */
  readonly kind?: 'pivot' | 'retriable';
  readonly compensateOn: StepDefinition['compensateOn'];
  readonly retry: RegisteredRetry;
  readonly compensation: RegisteredRetry & Pick<StepDefinition['compensation'], 'onExhausted' | 'timeoutMs'>;
}

/** When a failed attempt is tried again. The errors that are not tried again are given by name. */
export interface RegisteredRetry extends Omit<RetryPolicy, 'nonRetryableErrors'> {
  readonly nonRetryableErrors: readonly string[];
}

/** Describes a checked saga without its classes, handlers and breakers, which only a program can use. */
export function toRegisteredSaga({ name, version, context, stages }: SagaDefinition): RegisteredSaga {
  return {
    saga: name,
    version,
    context: context?.name,
    stages: stages.map((stage, index) => ({
      position: index + 1,
      kind: stage.kind,
      steps: stepsOf(stage).map(toRegisteredStep),
      ...(stage.kind === 'wait' ? { wait: toRegisteredWait(stage.wait) } : {}),
      ...(stage.guards === undefined ? {} : { conditions: stage.guards.map(toRegisteredCondition) }),
    })),
  };
}

function toRegisteredCondition({ decision, equals }: Guard): RegisteredCondition {
  return { choice: decision.id, equals };
}

function toRegisteredWait(wait: WaitDefinition): RegisteredWait {
  const { id } = wait;
  if (wait.for !== 'delay') return { id, for: wait.for, limitMs: wait.timeoutMs };
  return { id, for: wait.for, limitMs: typeof wait.length === 'number' ? wait.length : undefined };
}

function toRegisteredStep(step: StepDefinition): RegisteredStep {
  const { id, aliases, timeoutMs, kind, compensateOn, retry, compensation } = step;
  return {
    id,
    aliases,
    timeoutMs,
    ...(kind === 'compensatable' ? {} : { kind }),
    compensateOn,
    retry: { ...retry, nonRetryableErrors: namesOf(retry) },
    compensation: { ...compensation, nonRetryableErrors: namesOf(compensation) },
  };
}

function namesOf({ nonRetryableErrors }: RetryPolicy): readonly string[] {
  return nonRetryableErrors.map((matcher) => (typeof matcher === 'string' ? matcher : matcher.name));
}
