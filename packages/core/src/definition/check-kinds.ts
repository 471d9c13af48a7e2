import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { branchesOf, isChoice } from './choice.js';
import type { DeclaredChoice } from './choice.js';
import { isFallback } from './fallback.js';
import type { Fallback } from './fallback.js';
import { isForEach } from './for-each.js';
import type { ForEach } from './for-each.js';
import { isParallel } from './parallel.js';
import type { Parallel } from './parallel.js';
import type { DeclaredBranch, DeclaredLeaf, DeclaredStage, DeclaredStep } from './saga-definition.js';
import { kindDefaults } from './saga-tables.js';
import type { StepKind } from './saga-tables.js';
import { isWait } from './waits.js';
import type { DeclaredWait } from './waits.js';

/** The first step of a path that is never undone. */
interface FirstForward {
  readonly id: string;
  readonly kind: 'pivot' | 'retriable';
}

/** What the stages so far allow after them. */
interface Path {
  /** The first step that is never undone; undefined while every step can be undone. */
  readonly first: FirstForward | undefined;
  /** The pivot, once there is one. */
  readonly pivot: string | undefined;
  readonly lastRetriable: string | undefined;
}

const start: Path = { first: undefined, pivot: undefined, lastRetriable: undefined };

/**
 * The problems of the order of kinds: `compensatable* pivot? retriable*`. After the first step that is never undone, no
 * stage may lead to an undo.
 */
export function checkKinds(
  where: string,
  stages: readonly DeclaredStage[],
): readonly SagaDefinitionProblem[] {
  return walk(stages, start).problems.map((found) => ({ where, ...found }));
}

interface Walk {
  readonly path: Path;
  readonly problems: readonly Found[];
}

function walk(stages: readonly DeclaredStage[], path: Path): Walk {
  return stages.reduce<Walk>(
    (walked, stage) => {
      const next = isChoice(stage)
        ? walkChoice(stage, walked.path)
        : { path: after(walked.path, stage), problems: checkStage(stage, walked.path) };
      return { path: next.path, problems: [...walked.problems, ...next.problems] };
    },
    { path, problems: [] },
  );
}

/** Each case is a path of its own. After the choice, the saga may come from any of them, or have skipped them all. */
function walkChoice(choice: DeclaredChoice<DeclaredStage>, path: Path): Walk {
  const walks = branchesOf(choice).map(({ stages }) => walk(stages, path));
  const mayUndo = choice.kind === 'choose' && choice.otherwise !== 'skip' && path.first !== undefined;
  return {
    path: walks.map((one) => one.path).reduce(either, path),
    problems: [
      ...(mayUndo ? [failingAfter(choice.id, path.first)] : []),
      ...walks.flatMap(({ problems }) => problems),
    ],
  };
}

function either(one: Path, other: Path): Path {
  return {
    first: one.first ?? other.first,
    pivot: one.pivot ?? other.pivot,
    lastRetriable: one.lastRetriable ?? other.lastRetriable,
  };
}

function failingAfter(id: string, first: FirstForward): Found {
  return {
    problem: `the choice "${id}" stands after the ${first.kind} step "${first.id}", and its otherwise is 'fail'`,
    remedy: `Set otherwise: 'skip' on "${id}", or move it before "${first.id}"`,
  };
}

/** A fallback has one kind: its sides replace each other. */
export function checkKindsOfFallback(
  where: string,
  { primary, alternative }: Fallback<DeclaredStep>,
): readonly SagaDefinitionProblem[] {
  const [first, second] = [kindOf(primary), kindOf(alternative)];
  if (first === second) return [];
  return [
    {
      where,
      problem: `a fallback has the ${first} step "${primary.id}" and the ${second} step "${alternative.id}"`,
      remedy: `Give both sides one kind: declare "${alternative.id}" as ${first}, or "${primary.id}" as ${second}`,
    },
  ];
}

/** The options that have no meaning for the kind of a step. */
export function checkOptionsOfKind(where: string, step: DeclaredStep): readonly SagaDefinitionProblem[] {
  const kind = kindOf(step);
  const useless = [
    ...(kind === 'compensatable' ? [] : ['compensation', 'compensateOn']),
    ...(kind === 'retriable' ? [] : ['overdueAfter']),
  ];
  return useless
    .filter((name) => Reflect.get(step, name) !== undefined)
    .map((name) => ({
      where,
      problem: `${name} is set, and a ${kind} step has no use for it`,
      remedy:
        name === 'overdueAfter'
          ? "Remove it, or declare the step with kind: 'retriable'"
          : 'Remove it: the step is never undone',
    }));
}

type Found = Omit<SagaDefinitionProblem, 'where'>;

function checkStage(stage: DeclaredLeaf, path: Path): readonly Found[] {
  if (isWait(stage)) return checkWait(stage, path);
  if (isParallel(stage) || isForEach(stage))
    return branchesIn(stage).flatMap((branch) => checkBranch(stage.id, branch, path));
  const step = stepOf(stage);
  const kind = kindOf(step);
  if (kind === 'compensatable') return checkCompensatable(step, path);
  return kind === 'pivot' ? checkPivot(step, path) : [];
}

/** Whether a stage can be undone is decided by all its branches together. */
function checkBranch(stage: string, branch: DeclaredBranch, path: Path): readonly Found[] {
  const step = stepOf(branch);
  const kind = kindOf(step);
  if (kind === 'compensatable') return checkCompensatable(step, path);
  if (kind === 'retriable' && path.first !== undefined) return [];
  return [
    {
      problem: `the branch "${step.id}" of "${stage}" is a ${kind} step, and its siblings may have to be undone`,
      remedy:
        kind === 'pivot'
          ? `Move "${step.id}" out of the stage, to a place after it`
          : `Move the stage behind the pivot, or declare "${step.id}" as compensatable`,
    },
  ];
}

function checkCompensatable({ id }: DeclaredStep, { first }: Path): readonly Found[] {
  if (first === undefined) return [];
  return [
    {
      problem: `the step "${id}" can be undone and stands after the ${first.kind} step "${first.id}", after which nothing is undone`,
      remedy: `Move "${id}" before "${first.id}", or declare it with kind: 'retriable'`,
    },
  ];
}

function checkPivot({ id }: DeclaredStep, { pivot, lastRetriable }: Path): readonly Found[] {
  const twice =
    pivot === undefined
      ? []
      : [
          {
            problem: `it has two pivots on one path, "${pivot}" and "${id}"`,
            remedy: `Declare "${id}" with kind: 'retriable', or make "${pivot}" a step that can be undone`,
          },
        ];
  if (lastRetriable === undefined) return twice;
  return [
    ...twice,
    {
      problem: `the pivot "${id}" stands after the retriable step "${lastRetriable}"`,
      remedy: `Move "${lastRetriable}" behind "${id}"`,
    },
  ];
}

/** A wait after the point of no return cannot lead to an undo. */
function checkWait(wait: DeclaredWait, { first }: Path): readonly Found[] {
  if (first === undefined) return [];
  return undoingOptions(wait).map((name) => ({
    problem: `the wait "${wait.id}" stands after the ${first.kind} step "${first.id}", and its ${name} is 'compensate'`,
    remedy: `Set ${name}: 'continue' on "${wait.id}", or move it before "${first.id}"`,
  }));
}

function undoingOptions(wait: DeclaredWait): readonly string[] {
  if (wait.kind === 'delay') return [];
  const ends = wait.timeoutMs !== undefined && wait.onTimeout !== 'continue' ? ['onTimeout'] : [];
  return wait.kind === 'approval' && wait.onReject !== 'continue' ? [...ends, 'onReject'] : ends;
}

function after(path: Path, stage: DeclaredLeaf): Path {
  if (isWait(stage)) return path;
  if (isParallel(stage) || isForEach(stage)) return branchesIn(stage).reduce(after, path);
  const { id, ...step } = stepOf(stage);
  const kind = kindOf(step);
  if (kind === 'compensatable') return path;
  const first = path.first ?? { id, kind };
  return kind === 'pivot'
    ? { ...path, first, pivot: path.pivot ?? id }
    : { ...path, first, lastRetriable: id };
}

/** The step by which a stage is named: the primary of a fallback. A nested fallback is reported elsewhere. */
function stepOf(stage: DeclaredBranch): DeclaredStep {
  let step: DeclaredStep | Fallback<DeclaredStep> = stage;
  while (isFallback(step)) step = step.primary;
  return step;
}

/** A list that is none, and a nested stage, are reported elsewhere. */
function branchesIn(stage: Parallel<DeclaredBranch> | ForEach<DeclaredStep>): readonly DeclaredBranch[] {
  if (isForEach(stage)) return typeof stage.step === 'object' ? [stage.step] : [];
  const { branches } = stage;
  const listed: readonly DeclaredBranch[] = Array.isArray(branches) ? branches : [];
  return listed.filter((branch) => !isWait(branch) && !isParallel(branch) && !isForEach(branch));
}

/** An unknown kind is reported by the check of the options. */
function kindOf({ kind }: Pick<DeclaredStep, 'kind'>): StepKind {
  return kind === 'pivot' || kind === 'retriable' ? kind : kindDefaults.kind;
}
