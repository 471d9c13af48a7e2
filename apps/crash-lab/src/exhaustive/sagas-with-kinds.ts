import type { ActOutcome, SagaPlan, StepPlan } from '../simulation/run-plan.js';
import { plainStep } from './small-sagas.js';
import type { SmallCase } from './waiting-sagas.js';

const failures = ['fail', 'fail-after-effect', 'hang', 'unstorable'] as const satisfies readonly ActOutcome[];
/** Works at once, at the second attempt, or is refused for good after one that is in doubt. */
const acts: readonly (readonly ActOutcome[])[] = [[], ...failures.map((one) => [one]), ['hang', 'fatal']];
/** Before, while and after the second step runs, in milliseconds. */
const cancels = [undefined, 11, 14, 18, 30];

/**
 * All sagas of a step that can be undone, and a pivot or a retriable step after it, with and without a retriable step as the
 * third: the second act works, fails in each way, or is in doubt; a cancel comes before, while or after it.
 */
export function* sagasWithKinds(): Generator<SmallCase> {
  for (const kind of ['pivot', 'retriable'] as const)
    for (const act of acts)
      for (const last of [[], [[]], [['fail' as const]]])
        for (const cancelAtMs of cancels)
          yield { saga: sagaOf(kind, act, last), moves: [], parks: 'none', cancelAtMs };
}

function sagaOf(
  kind: 'pivot' | 'retriable',
  act: readonly ActOutcome[],
  last: readonly (readonly ActOutcome[])[],
): SagaPlan {
  const second: StepPlan = { ...plainStep('s2'), kind, act, actAttempts: 3, durationMs: 5 };
  const third = last.map((outcomes): StepPlan => {
    return { ...plainStep('s3'), kind: 'retriable', act: outcomes, actAttempts: 3, durationMs: 5 };
  });
  const stages = [plainStep('s1'), second, ...third].map((primary) => ({ primary }));
  return { stages, maximumRecoveryAttempts: 5 };
}
