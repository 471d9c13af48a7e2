import type {
  BranchStage,
  FallbackStage,
  BranchesStage,
  SagaDefinition,
  Stage,
} from '../definition/saga-definition.js';
import { isForward } from '../definition/saga-step.js';
import type { StepDefinition } from '../definition/saga-step.js';
import { describeGuards } from './describe-guards.js';
import type { WaitDefinition } from '../definition/wait-definition.js';

/** A step with the number that identifies its nodes: ids in a diagram never come from the text of a user. */
export interface NumberedStep {
  /** `1`, `2a` and `2b` for the two sides of a fallback, or `3_1` and `3_2` for branches. */
  readonly number: string;
  readonly step: StepDefinition;
}

/** The conditions under which a stage runs, in words. */
interface Conditional {
  /** The outermost first; empty for a stage that always runs. */
  readonly conditions: readonly string[];
}

/** A stage with one step. */
export interface NumberedStepStage extends NumberedStep, Conditional {
  readonly kind: 'step';
}

/** A stage with a primary and its alternative. */
export interface NumberedFallbackStage extends Conditional {
  readonly kind: 'fallback';
  readonly number: string;
  readonly stage: FallbackStage;
  readonly primary: NumberedStep;
  readonly alternative: NumberedStep;
}

/** A stage that waits. */
export interface NumberedWaitStage extends Conditional {
  readonly kind: 'wait';
  readonly number: string;
  readonly wait: WaitDefinition;
}

/** A branch of a stage, or a stage of its own. */
export type NumberedBranch = NumberedStepStage | NumberedFallbackStage;

/** A stage whose branches run side by side. */
export interface NumberedParallelStage extends Conditional {
  readonly kind: 'parallel';
  readonly number: string;
  readonly stage: BranchesStage;
  readonly branches: readonly NumberedBranch[];
}

/** One stage of a saga, numbered. */
export type NumberedStage = NumberedBranch | NumberedWaitStage | NumberedParallelStage;

/** The stages of a saga in order, numbered from 1. */
export function numberStages(definition: SagaDefinition): readonly NumberedStage[] {
  return definition.stages.map((stage, index) => numberStage(stage, String(index + 1)));
}

/** The steps of a stage: those of its branches in order, the primary before its alternative. A wait has none. */
export function numberedSteps(stage: NumberedStage): readonly NumberedStep[] {
  if (stage.kind === 'wait') return [];
  if (stage.kind === 'parallel') return stage.branches.flatMap(numberedSteps);
  return stage.kind === 'step' ? [stage] : [stage.primary, stage.alternative];
}

/** The steps of a stage that can be undone. */
export function undoableSteps(stage: NumberedStage): readonly NumberedStep[] {
  return numberedSteps(stage).filter(({ step }) => !isForward(step));
}

/** Whether the steps of a stage are never undone: both sides of a fallback have one kind. */
export function isForwardStage(stage: NumberedStage): boolean {
  return numberedSteps(stage).some(({ step }) => isForward(step));
}

/** The first stage that is never undone: once it is done, the saga only goes forward. */
export function pointOfNoReturn(stages: readonly NumberedStage[]): NumberedStage | undefined {
  return stages.find(isForwardStage);
}

function numberStage(stage: Stage, number: string): NumberedStage {
  const conditions = describeGuards(stage);
  if (stage.kind === 'wait') return { kind: 'wait', number, wait: stage.wait, conditions };
  if (stage.kind === 'for-each') {
    const each = { kind: 'step', number: `${number}_1`, step: stage.step, conditions: [] } as const;
    return { kind: 'parallel', number, stage, branches: [each], conditions };
  }
  if (stage.kind !== 'parallel') return numberBranch(stage, number, conditions);
  const branches = stage.branches.map((branch, index) => numberBranch(branch, `${number}_${index + 1}`, []));
  return { kind: 'parallel', number, stage, branches, conditions };
}

function numberBranch(stage: BranchStage, number: string, conditions: readonly string[]): NumberedBranch {
  if (stage.kind === 'step') return { kind: 'step', number, step: stage.step, conditions };
  return {
    kind: 'fallback',
    number,
    stage,
    primary: { number: `${number}a`, step: stage.primary },
    alternative: { number: `${number}b`, step: stage.alternative },
    conditions,
  };
}
