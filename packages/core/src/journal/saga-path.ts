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
}

/** The decisions, by the id of each choice. */
export type Decisions = Readonly<Record<string, Decision>>;

/**
 * The decision of one choice: whether the condition of `when` holds, or the case of `choose`; null if no case fits. A
 * choice that failed has its error.
 */
export type Decision = boolean | string | null | FailedDecision;

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
export const pathProperties: ReadonlySet<string> = new Set<keyof SagaPath>(['skipped', 'decisions']);
