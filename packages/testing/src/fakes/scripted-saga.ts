import { branchesOf, isChoice, isFallback, isForEach, isParallel } from '@nest-saga/core/engine';
import type { Choose, DeclaredWait, ForEach, Parallel, When } from '@nest-saga/core/engine';
import type { DeclaredSaga, Fallback, SagaOptions } from '@nest-saga/core';
import type { ScriptedStep } from './scripted-step.js';

/** A declared saga of scripted steps, with the calls of all of them in one list. */
export interface ScriptedSaga extends DeclaredSaga {
  /**
   * All calls in order, for example `act reserve`, `compensate reserve`; further attempts have a number: `act reserve
   * #2`.
   */
  readonly calls: readonly string[];
}

/** A scripted step, or two of them with one in place of the other. */
type ScriptedBranch = ScriptedStep | Fallback<ScriptedStep>;

/** A stage of scripted steps, a wait, or a choice. */
export type ScriptedStage =
  | ScriptedBranch
  | Parallel<ScriptedBranch>
  | ForEach<ScriptedStep>
  | DeclaredWait
  | When<ScriptedStage>
  | Choose<ScriptedStage>;

/**
 * Declares a saga of scripted steps.
 *
 * @example
 * const saga = scriptedSaga('order', [
 *   new ScriptedStep('reserve'),
 *   new ScriptedStep('charge', { act: [throws(new Error('declined'))] }),
 * ]);
 * const definition = defineSaga(saga);
 */
export function scriptedSaga(
  name: string,
  steps: readonly ScriptedStage[],
  options: Omit<SagaOptions, 'name'> = {},
): ScriptedSaga {
  const calls: string[] = [];
  for (const declared of steps) {
    for (const step of stepsIn(declared)) {
      step.onCall(({ action, attempt, step: id }) => {
        calls.push(attempt === 1 ? `${action} ${id}` : `${action} ${id} #${attempt}`);
      });
    }
  }
  // Hidden, because a declaration with an unknown property is refused.
  return Object.defineProperty({ ...options, name, steps, calls }, 'calls', { enumerable: false });
}

function stepsIn(declared: ScriptedStage): readonly ScriptedStep[] {
  if (isChoice(declared)) return branchesOf(declared).flatMap(({ stages }) => stages.flatMap(stepsIn));
  if (isForEach(declared)) return [declared.step];
  if (isParallel(declared)) return declared.branches.flatMap(stepsIn);
  if (isFallback(declared)) return [declared.primary, declared.alternative];
  return 'handler' in declared ? [declared] : [];
}
