import type { ActOutcome, SagaPlan, StagePlan, StepPlan, UndoOutcome } from '../simulation/run-plan.js';

const failures = ['fail', 'fail-after-effect', 'hang'] as const satisfies readonly ActOutcome[];
/** Works at once, at the second of two attempts, or never. */
const undos: readonly (readonly UndoOutcome[])[] = [[], ['fail'], ['fail', 'fail']];

/**
 * All sagas of one to three steps: each act works, fails, fails after its effect or hangs; each step has a fallback or
 * not; each compensation works, fails once or always fails. Calls that are never reached do not vary: the acts after
 * the one that fails, the compensations of a saga that completes, and those before one that always fails.
 */
export function* smallSagas(): Generator<SagaPlan> {
  for (let length = 1; length <= 3; length++) {
    for (let failing = 0; failing <= length; failing++) {
      // 0 is the saga that completes.
      const isFailing = failing > 0;
      const worked = isFailing ? failing - 1 : length;
      for (const stages of product(worked, worksAnyhow)) {
        for (const last of isFailing ? [...failsAnyhow()] : [undefined]) {
          for (const undo of isFailing ? undoCombinations(worked) : [[]]) {
            yield fill([...stages, ...(last === undefined ? [] : [last])], undo, length);
          }
        }
      }
    }
  }
}

interface StageShape {
  readonly primary: readonly ActOutcome[];
  readonly alternative?: readonly ActOutcome[];
}

const worksAnyhow: readonly StageShape[] = [
  { primary: [] },
  { primary: [], alternative: [] },
  ...failures.map((failure) => ({ primary: [failure], alternative: [] })),
];

function* failsAnyhow(): Generator<StageShape> {
  for (const failure of failures) yield { primary: [failure] };
  for (const failure of failures)
    for (const second of failures) yield { primary: [failure], alternative: [second] };
}

/** The compensations of the first `count` steps, of which the last one is undone first. */
function* undoCombinations(count: number): Generator<readonly (readonly UndoOutcome[])[]> {
  if (count === 0) yield [];
  for (const last of count === 0 ? [] : undos) {
    const isStuck = last.length > 1;
    if (isStuck) yield [...Array.from({ length: count - 1 }, () => []), last];
    else for (const before of undoCombinations(count - 1)) yield [...before, last];
  }
}

function* product<Item>(count: number, items: readonly Item[]): Generator<readonly Item[]> {
  if (count === 0) yield [];
  for (const head of count === 0 ? [] : items)
    for (const tail of product(count - 1, items)) yield [head, ...tail];
}

function fill(
  shapes: readonly StageShape[],
  undo: readonly (readonly UndoOutcome[])[],
  length: number,
): SagaPlan {
  const unreached = Array.from({ length: length - shapes.length }, (): StageShape => ({ primary: [] }));
  const stages = [...shapes, ...unreached].map((shape, index): StagePlan => {
    const id = `s${index + 1}`;
    const primary = step(id, shape.primary, undo[index] ?? []);
    if (shape.alternative === undefined) return { primary };
    return {
      primary,
      alternative: step(`${id}b`, shape.alternative, undo[index] ?? []),
      isForAnyError: true,
    };
  });
  return { stages, maximumRecoveryAttempts: 5 };
}

function step(id: string, act: readonly ActOutcome[], undo: readonly UndoOutcome[]): StepPlan {
  return { ...plainStep(id), act, undo };
}

/** A step that works. */
export function plainStep(id: string): StepPlan {
  return {
    id,
    act: [],
    undo: [],
    brokenRounds: 0,
    actAttempts: 1,
    undoAttempts: 2,
    onExhausted: 'halt',
    compensateOn: 'in-doubt',
    emits: false,
    durationMs: 1,
  };
}
