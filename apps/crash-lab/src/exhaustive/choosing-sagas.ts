import type { ActOutcome, SagaPlan, StagePlan } from '../simulation/run-plan.js';
import { plainStep } from './small-sagas.js';

/**
 * All sagas of one to three steps, each of which stands under no condition, under one that holds or under one that does
 * not, so that such steps stand first, in the middle and last. Each saga completes, or fails at one of the steps that run.
 */
export function* choosingSagas(): Generator<SagaPlan> {
  for (let length = 1; length <= 3; length++) {
    for (const conditions of combinations(length)) {
      if (conditions.every((holds) => holds === undefined)) continue;
      for (const failing of [undefined, ...conditions.keys()]) {
        if (failing !== undefined && conditions[failing] === false) continue;
        const stages = conditions.map((holds, index) => stage(index, holds, index === failing));
        yield { stages, maximumRecoveryAttempts: 5 };
      }
    }
  }
}

const all = [undefined, true, false] as const;
type Condition = (typeof all)[number];

function* combinations(length: number): Generator<readonly Condition[]> {
  if (length === 0) yield [];
  for (const first of length === 0 ? [] : all)
    for (const rest of combinations(length - 1)) yield [first, ...rest];
}

function stage(index: number, holds: Condition, isFailing: boolean): StagePlan {
  const act: readonly ActOutcome[] = isFailing ? ['fail-after-effect'] : [];
  return { ...(holds === undefined ? {} : { holds }), primary: { ...plainStep(`s${index + 1}`), act } };
}
