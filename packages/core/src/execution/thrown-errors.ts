import { RecordedStepError } from '../errors/recorded-step-error.js';
import { giveCause } from '../identity/causes.js';
import { isError } from '../identity/thrown.js';
import type { BranchState } from '../journal/branch-state.js';

/** What the acts of one saga threw in this process: whoever waits here for its end gets the error itself, not its record. */
export class ThrownErrors {
  private last: unknown;
  /** The error of acts that are not alternatives, so that during an alternative it is its primary's. */
  private ofPrimary: unknown;
  /** The primary's error, if the last one is its alternative's. */
  private behindLast: unknown;

  /** @param branch As it was when the act was called. */
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
