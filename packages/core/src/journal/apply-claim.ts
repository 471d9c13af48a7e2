import { StepOutcome } from '../definition/step-run.js';
import { takeRestOfStageWait } from './apply-wait.js';
import { branchOf, changedBranches } from './branch-state.js';
import type { Claimed, JournalEntry, Released } from './journal-entry.js';
import type { MutableState } from './mutable-state.js';
import { endWait } from './mutable-state.js';

type ClaimEntry = (Claimed & { readonly recordedAt?: Date }) | Extract<JournalEntry, Pick<Claimed, 'kind'>>;

/** A worker took the saga over. */
export function claimed(next: MutableState, entry: ClaimEntry): void {
  next.claimSeq = next.seq;
  const isIdle = hasWaited(next, entry);
  // The last owner may have begun the next act, and the journal cannot say how far it came.
  const mayHaveBegun =
    entry.from === 'running' &&
    !isIdle &&
    !next.isUntouched &&
    !next.isUndoingFirst &&
    next.wait === undefined;
  if (mayHaveBegun) next.branches = changedBranches(next, { priorOutcome: StepOutcome.Unknown });
  // While it waited nothing of it ran: the death of its owner is no evidence against its step.
  if (entry.from !== 'pending' && !next.isReleased && !isIdle) next.recoveries++;
  next.isReleased = false;
  next.isUntouched = false;
}

/** A worker let the saga go in good order. */
export function released(next: MutableState, { reason, begun }: Released): void {
  next.isReleased = reason !== 'trouble';
  next.isUntouched = begun?.length === 0;
}

/**
 * Whether nothing of the saga ran when it was claimed. Its new owner waits for what is left of the wait by the storage's
 * clock, which is the same for every worker; a parked saga is claimed only once its time has come, or something was asked.
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
