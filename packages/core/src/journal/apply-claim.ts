import { StepOutcome } from '../definition/step-run.js';
import { takeRestOfStageWait } from './apply-wait.js';
import { branchOf, changedBranches } from './branch-state.js';
import { deadlineAtClaim } from './deadline.js';
import type { Claimed, JournalEntry, Released } from './journal-entry.js';
import type { MutableState } from './mutable-state.js';
import { endWait } from './mutable-state.js';

type ClaimEntry = (Claimed & { readonly recordedAt?: Date }) | Extract<JournalEntry, Pick<Claimed, 'kind'>>;

/** A worker claimed the saga. */
export function claimed(next: MutableState, entry: ClaimEntry): void {
  next.claimSeq = next.seq;
  if (next.deadline !== undefined) next.deadline = deadlineAtClaim(next.deadline, entry);
  const isIdle = hasWaited(next, entry);
  // The last owner may have begun the next act, and the journal cannot show how far it got.
  const mayHaveBegun =
    entry.from === 'running' &&
    !isIdle &&
    !next.isUntouched &&
    !next.isUndoingFirst &&
    next.wait === undefined;
  if (mayHaveBegun) next.branches = changedBranches(next, { priorOutcome: StepOutcome.Unknown });
  // Nothing of the saga ran during its wait, so the death of its owner does not count against its step.
  if (entry.from !== 'pending' && !next.isReleased && !isIdle) next.recoveries++;
  next.isReleased = false;
  next.isUntouched = false;
}

/** A worker released the saga in an orderly way. */
export function released(next: MutableState, { reason, begun }: Released): void {
  next.isReleased = reason !== 'trouble';
  next.isUntouched = begun?.length === 0;
}

/**
 * Whether nothing of the saga ran when it was claimed. Its new owner waits for the rest of the wait by the storage's
 * clock, which is the same for every worker. A parked saga is claimed only when its time has come, or after a request.
 */
function hasWaited(next: MutableState, entry: ClaimEntry): boolean {
  const { park } = next;
  next.park = undefined;
  const isWaiting = takeRestOfStageWait(next, entry);
  if (park === undefined) return isWaiting || takeRestOfWait(next, entry) > 0;
  endWait(next);
  return true;
}

function takeRestOfWait(next: MutableState, entry: ClaimEntry): number {
  const { retryEndsAt } = branchOf(next);
  if (retryEndsAt === undefined || !('recordedAt' in entry)) return 0;
  const restMs = Math.max(0, retryEndsAt - entry.recordedAt.getTime());
  if (restMs === 0) endWait(next);
  else next.branches = changedBranches(next, { retryDelayMs: restMs });
  return restMs;
}
