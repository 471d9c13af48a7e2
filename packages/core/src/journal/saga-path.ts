import type { Json } from '../context/context-codec.js';
import type { StepOutcome } from '../definition/step-run.js';
import type { RecordedError } from '../errors/recorded-error.js';

/**
 * The decisions that ride on an entry, or on a start. They are made once, together with the entry, so no
 * function of a definition is called again after a recovery.
 */
export interface SagaPath {
  /** The ids of the stages that are skipped, in order: they come before the stage that is next. */
  readonly skipped?: readonly string[];
  /** The decisions, by the id of each choice. */
  readonly decisions?: Decisions;
  /** Only of a start: the saga undoes another execution, and runs backward from its beginning. */
  readonly reversal?: Reversal;
}

/** What a reversal undoes. */
export interface Reversal {
  /** The steps that completed, in this order; the last one is undone first. */
  readonly undo: readonly UndoneStep[];
  /** The person who asked for it, and the reason. */
  readonly message: string;
}

/** A step that a reversal undoes. */
export interface UndoneStep {
  readonly step: string;
  /** From 0. */
  readonly stage: number;
  readonly isAlternative: boolean;
  readonly outcome: StepOutcome;
  /** The response of its act. */
  readonly response?: Json;
}

/** The decisions, by the id of each choice. */
export type Decisions = Readonly<Record<string, Decision>>;

/**
 * The decision of one choice: whether the condition of `when` holds, or the case of `choose`; null if no case fits. A
 * choice that failed has its error.
 */
export type Decision = boolean | string | null | FailedDecision | StageItems;

/** The items of a stage that runs one step for each. */
export interface StageItems {
  /** The id of the step. */
  readonly step: string;
  /** The key of each item, in order. */
  readonly keys: readonly string[];
  /** The items, encoded. */
  readonly items: readonly Json[];
  /** How many run at the same time. */
  readonly concurrency: number;
}

/** A choice could not be made: its function threw, or no case fits. */
export interface FailedDecision {
  readonly error: RecordedError;
}

/** The properties of an entry that leads to a stage. */
export interface PathStart {
  /** Absent if the next stage follows, and nothing was decided. */
  readonly path?: SagaPath;
}

/** Before any decision: one object for all sagas. */
export const noDecisions: Decisions = Object.freeze({});

/** The properties of a path that this version knows. */
export const pathProperties: ReadonlySet<string> = new Set<keyof SagaPath>([
  'skipped',
  'decisions',
  'reversal',
]);
