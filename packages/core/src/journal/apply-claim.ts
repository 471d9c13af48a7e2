import { StepOutcome } from '../definition/step-run.js';
import { takeRestOfStageWait } from './apply-wait.js';
import { hasBranches, isOpenBranch } from './branch-state.js';
import type { BranchState } from './branch-state.js';
import { deadlineAtClaim } from './deadline.js';
import type { Claimed, JournalEntry, Released } from './journal-entry.js';
import type { MutableState } from './mutable-state.js';
import { endWait } from './mutable-state.js';
import { isSettling } from './saga-state.js';
import { concurrencyOf } from './stage-items.js';

type ClaimEntry = (Claimed & { readonly recordedAt?: Date }) | Extract<JournalEntry, Pick<Claimed, 'kind'>>;

/** A worker claimed the saga. */
export function claimed(next: MutableState, entry: ClaimEntry): void {
  next.claimSeq = next.seq;
  if (next.deadline !== undefined) next.deadline = deadlineAtClaim(next.deadline, entry);
  const isIdle = hasWaited(next, entry);
  // The last owner may have begun the next act, and the journal cannot show how far it got.
  const isInDoubt =
    (entry.from === 'running' || isSettling(next)) &&
    !isIdle &&
    !next.isUntouched &&
    !next.isUndoingFirst &&
    next.wait === undefined;
  if (isInDoubt) putInDoubt(next);
  // Nothing of the saga ran during its wait, so the death of its owner does not count against its step.
  if (entry.from !== 'pending' && !next.isReleased && !isIdle) next.recoveries++;
  next.isReleased = false;
  next.isUntouched = false;
}

/** A worker released the saga in an orderly way. */
export function released(next: MutableState, { reason, begun }: Released): void {
  next.isReleased = reason !== 'trouble';
  next.isUntouched = begun?.length === 0;
  if (begun === undefined || begun.length === 0 || !hasBranches(next)) return;
  // The entry says exactly which branches are in doubt. Before the journal has named them, all of them have begun.
  putInDoubt(next, begun);
  next.isUntouched = true;
}

/** The fate of these acts is unknown from here on: of the next one, or of the branches that may have begun. */
export function putInDoubt(next: MutableState, ids?: readonly string[]): void {
  const begun = new Set(slotsOf(next));
  next.branches = next.branches.map((branch) =>
    begun.has(branch) && mayHaveBegun(branch, ids)
      ? { ...branch, priorOutcome: StepOutcome.Unknown }
      : branch,
  );
}

/** The branches that may run: those with items begin in order, and no more than a number of them at a time. */
function slotsOf({ branches, decisions }: MutableState): readonly BranchState[] {
  const limit = concurrencyOf(branches, decisions);
  return limit === undefined ? branches : branches.filter(isOpenBranch).slice(0, limit);
}

function mayHaveBegun(branch: BranchState, ids: readonly string[] | undefined): boolean {
  const { branch: id, isUndoingFirst, retryEndsAt } = branch;
  if (id === undefined) return true;
  if (ids !== undefined && !ids.includes(id)) return false;
  return isOpenBranch(branch) && !isUndoingFirst && retryEndsAt === undefined;
}

/**
 * Whether nothing of the saga ran when it was claimed. Its new owner waits for the rest of the wait by the storage's
 * clock, which is the same for every worker. A parked saga is claimed only when its time has come, or after a request.
 */
function hasWaited(next: MutableState, entry: ClaimEntry): boolean {
  const { park } = next;
  next.park = undefined;
  const isWaiting = takeRestOfStageWait(next, entry);
  if (park === undefined) return isWaiting || takeRestOfWaits(next, entry);
  if (hasBranches(next)) takeRestOfWaits(next, entry, park.name);
  else endWait(next);
  return true;
}

/** Returns whether every open branch waits for its next attempt. */
function takeRestOfWaits(next: MutableState, entry: ClaimEntry, over?: string): boolean {
  if (!('recordedAt' in entry)) return false;
  const now = entry.recordedAt.getTime();
  next.branches = next.branches.map((branch) => restOf(branch, now, over));
  const open = next.branches.filter(isOpenBranch);
  return open.length > 0 && open.every(({ retryEndsAt }) => retryEndsAt !== undefined);
}

/** The branch with the rest of its wait, if anything is left of it. */
function restOf(branch: BranchState, now: number, over: string | undefined): BranchState {
  const { retryEndsAt, step } = branch;
  if (retryEndsAt === undefined) return branch;
  const restMs = step !== undefined && step === over ? 0 : Math.max(0, retryEndsAt - now);
  if (restMs === 0) return { ...branch, retryAt: undefined, retryEndsAt: undefined };
  return { ...branch, retryDelayMs: restMs };
}
