import type { StepOutcome } from '@nest-saga/core';

/** What is known of an act as the journal keeps it: "unknown" under the name that it had in the first release. */
export type StoredOutcome<Outcome extends StepOutcome = StepOutcome> =
  Exclude<Outcome, 'unknown'> | ('unknown' extends Outcome ? 'timed-out' : never);

/** The name that the journal keeps. */
export function toStoredOutcome(outcome: StepOutcome): StoredOutcome {
  return outcome === 'unknown' ? 'timed-out' : outcome;
}

/** The inverse. */
export function toOutcome<Outcome extends StepOutcome>(stored: StoredOutcome<Outcome>): Outcome {
  return (stored === 'timed-out' ? 'unknown' : stored) as Outcome;
}
