import type { StepKind } from '../definition/saga-tables.js';
import type { ActFailed } from '../journal/journal-entry.js';

/** The number of failed attempts in doubt after which a pivot is STUCK. */
const maximumDoubts = 10;

/** A failed act whose effect is not undone: that of a pivot or a retriable step, or any act after the pivot. */
export interface FailedForward {
  readonly kind: StepKind;
  readonly isPastPivot: boolean;
  /** Whether a cancel or the deadline has to be met before the pivot. */
  readonly isCancelled: boolean;
  /** The effect of this attempt, or of an earlier one, may be there. */
  readonly isInDoubt: boolean;
  /** The attempts in doubt, this one included. */
  readonly doubtfulAttempts: number;
  /** Whether the retry policy of the step allows another attempt. */
  readonly mayRetry: boolean;
  /** Whether the stage has an alternative for this error. */
  readonly hasAlternative: boolean;
}

/**
 * What follows such a failure: while its effect is in doubt, neither an undo nor an alternative, because nothing removes
 * the effect. Pure.
 */
export function nextOfForward(failed: FailedForward): Pick<ActFailed, 'next' | 'stuck'> {
  const { kind, isInDoubt, mayRetry } = failed;
  if (isInDoubt && kind === 'pivot')
    return mayRetry || failed.doubtfulAttempts < maximumDoubts
      ? { next: 'retry' }
      : { next: 'halt', stuck: 'pivot-in-doubt' };
  if (failed.isCancelled && !isInDoubt) return { next: 'compensate' };
  if (mayRetry) return { next: 'retry' };
  if (failed.hasAlternative && !isInDoubt) return { next: 'alternative' };
  const isRefusedPivot = kind === 'pivot' && !failed.isPastPivot;
  return isRefusedPivot ? { next: 'compensate' } : { next: 'halt', stuck: 'forward-exhausted' };
}
