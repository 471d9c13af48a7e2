import { RecordedStepError } from '../errors/recorded-step-error.js';
import { giveCause } from '../identity/causes.js';
import { isError } from '../identity/thrown.js';
import type { BranchState } from '../journal/branch-state.js';

/**
 * The errors that the acts of one saga threw in this process: a caller that waits here for its end gets the error
 * itself, not its recorded form.
 */
export class ThrownErrors {
  private last: unknown;
  /** The error of the last act that was not an alternative: while an alternative runs, the error of its primary. */
  private ofPrimary: unknown;
  /** The primary's error, if the last one is its alternative's. */
  private behindLast: unknown;

  /** @param branch The branch when the act was called. */
  remember(error: unknown, { isAlternative, primaryError }: BranchState): void {
    this.last = error;
    this.behindLast = undefined;
    if (!isAlternative) this.ofPrimary = error;
    else if (primaryError !== undefined) {
      // Another process may have run the primary, and both may throw one object, which is not its own cause.
      const isLive = this.ofPrimary !== undefined && this.ofPrimary !== error;
      this.behindLast = isLive ? this.ofPrimary : new RecordedStepError(primaryError);
    }
  }

  // Only at the end: until then the error's own cause is recorded and judged.
  causeOfEnd(): unknown {
    if (this.behindLast !== undefined && isError(this.last)) giveCause(this.last, this.behindLast);
    return this.last;
  }
}
