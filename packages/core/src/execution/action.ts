import type { BranchesStage } from '../definition/saga-definition.js';
import type { StepDefinition } from '../definition/saga-step.js';
import type {
  BranchesAbandoned,
  CompensationDecided,
  DeadlinePassed,
  MarkedStuck,
  Settled,
} from '../journal/journal-entry.js';
import type { UndoItem } from '../journal/saga-state.js';
import type { PlacedItem } from '../journal/stage-items.js';
import type { StageBranch } from '../journal/stage-branches.js';
import type { BeginWaitAction, EndWaitAction, WaitAction } from './next-wait.js';

/** Run the act of a step. */
export interface ActAction {
  readonly kind: 'act';
  readonly step: StepDefinition;
  readonly attempt: number;
  /** Its branch, if the stage has branches. */
  readonly branch?: StageBranch;
  /** The item of the step, if it runs for each item. */
  readonly placed?: PlacedItem;
}

/** Run the compensation of a step. */
export interface CompensateAction {
  readonly kind: 'compensate';
  readonly step: StepDefinition;
  readonly item: UndoItem;
  readonly attempt: number;
  /** The branch whose primary is undone before its alternative, if the stage has branches. */
  readonly branch?: StageBranch;
  /** The item of the step, if it runs for each item. */
  readonly placed?: PlacedItem;
  /** Other compensations may run at the same time. */
  readonly isSideBySide?: true;
}

/** Put the results of all branches into the context: a person recorded that the last one was done. */
export interface JoinAction {
  readonly kind: 'join';
  readonly stage: BranchesStage;
}

/** Write an entry. */
export interface RecordAction {
  readonly kind: 'record';
  readonly entry: Settled | CompensationDecided | BranchesAbandoned | DeadlinePassed | MarkedStuck;
}

/** Decide the path: no entry led to this stage with the decisions that it needs, or one of them failed. */
export interface ChooseAction {
  readonly kind: 'choose';
}

/** One of the next things to do for a saga. */
export type Action =
  | ActAction
  | CompensateAction
  | WaitAction
  | BeginWaitAction
  | EndWaitAction
  | JoinAction
  | ChooseAction
  | RecordAction;
