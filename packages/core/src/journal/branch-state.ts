import type { Json } from '../context/context-codec.js';
import type { RecordedError } from '../errors/recorded-error.js';

/** The known attempts of one call: forward of an act, backward of a compensation. */
export interface BranchState {
  /** The id of the branch. Undefined if the stage has none, or the journal has not named its branches yet. */
  readonly branch: string | undefined;
  /** How the branch ended: undefined while it is open. `halted`: a person has to resume its undo. */
  readonly end: 'completed' | 'failed' | 'halted' | undefined;
  /** The response of a completed branch, for `join`. */
  readonly response: Json | undefined;
  /** The primary of this branch is undone before its alternative begins. */
  readonly isUndoingFirst: boolean;
  /** Undefined until an entry names it. */
  readonly step: string | undefined;
  /** Whether the act is that of the stage's alternative. */
  readonly isAlternative: boolean;
  /** The reason why the alternative runs. */
  readonly primaryError: RecordedError | undefined;
  /**
   * The worst known outcome of an act that may have begun before: an attempt failed or is in doubt, or an owner died
   * without a release.
   */
  readonly priorOutcome: 'failed' | 'unknown' | undefined;
  /** Failed attempts so far. */
  readonly failedAttempts: number;
  /** Failed attempts of the act since its effect is in doubt, and since an operator's retry. */
  readonly doubtfulAttempts: number;
  /** The attempts that an operator's retry forgave: they do not count for the policy any more. */
  readonly forgivenAttempts: number;
  /** The next attempt does not start earlier. */
  readonly retryAt: Date | undefined;
  /**
   * How long the owner waits for the next attempt, in milliseconds, by its own monotonic clock, because wall clocks
   * differ.
   */
  readonly retryDelayMs: number;
  /**
   * When that wait ends by the storage's clock, in milliseconds since the epoch; only known if the journal was read.
   */
  readonly retryEndsAt: number | undefined;
}

/** A call without known attempts. */
export const freshBranch: BranchState = Object.freeze({
  branch: undefined,
  end: undefined,
  response: undefined,
  isUndoingFirst: false,
  step: undefined,
  isAlternative: false,
  primaryError: undefined,
  priorOutcome: undefined,
  failedAttempts: 0,
  doubtfulAttempts: 0,
  forgivenAttempts: 0,
  retryAt: undefined,
  retryDelayMs: 0,
  retryEndsAt: undefined,
});

/** The branches of a stage that has not begun: one list for all sagas. */
export const freshBranches: readonly BranchState[] = Object.freeze([freshBranch]);

/** Whether the journal has named the branches of the current stage. */
export function hasBranches({ branches }: { readonly branches: readonly BranchState[] }): boolean {
  return branches[0]?.branch !== undefined;
}

/** Whether a branch has neither completed nor failed. */
export function isOpenBranch({ end }: BranchState): boolean {
  return end === undefined;
}

/** The branch of a stage that has one. */
export function branchOf({ branches }: { readonly branches: readonly BranchState[] }): BranchState {
  return branches[0] ?? freshBranch;
}

/** The branches with these changes to the only one. */
export function changedBranches(
  state: { readonly branches: readonly BranchState[] },
  change: Partial<BranchState>,
): readonly BranchState[] {
  return [{ ...branchOf(state), ...change }];
}
