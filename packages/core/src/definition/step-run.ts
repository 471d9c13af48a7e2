/** What is known about a step's act, all its attempts together, when it is compensated. */
export const StepOutcome = {
  /** The act returned. */
  Completed: 'completed',
  /** Every attempt of the act threw; its effect is probably not there. */
  Failed: 'failed',
  /**
   * An attempt of the act did not end in time, was abandoned or may have died with its process; its effect may be there.
   * Ask the target, or undo by the act's key, and accept that nothing is there.
   */
  Unknown: 'unknown',
} as const;
export type StepOutcome = (typeof StepOutcome)[keyof typeof StepOutcome];

/** What a handler is told about the attempt it runs: the second argument of `act` and `compensate`. */
export interface StepRun<Response = unknown> {
  readonly sagaId: string;
  /** The step's id. */
  readonly step: string;
  /** The number of this attempt, from 1, counted in the journal: a crash does not reset it. */
  readonly attempt: number;
  /**
   * The same for every attempt on every machine, different for act and compensate. Pass it to the target, so that a
   * repeated call has one effect (IETF draft "The Idempotency-Key HTTP Header Field").
   */
  readonly idempotencyKey: string;
  /**
   * Grows with every claim of the saga. A target that remembers the highest one it saw can refuse a paused process
   * that wakes up late (Kleppmann, "How to do distributed locking", 2016).
   */
  readonly fencingToken: number;
  /**
   * Fires when the attempt should end: on timeout, cancel, a lost lease or shutdown. Its `reason` is a
   * `StepAbortedError` that says which.
   */
  readonly signal: AbortSignal;
  /** In `compensate`: what became of the act. Undefined in `act`. */
  readonly outcome: StepOutcome | undefined;
  /**
   * In `compensate`: the idempotency key that the act was called with. Ask the target by it if the act's response is not
   * known. Undefined in `act`.
   */
  readonly actIdempotencyKey: string | undefined;
  /** In `compensate`: what the act returned, where it completed. Undefined in `act`. */
  readonly response: Response | undefined;
  /**
   * Tells the listeners of this process an event of the application, in order, once this attempt is durable. Events of a
   * failed attempt are dropped. Each is told once; where the saga is recovered, those of its last step are told again,
   * and those of earlier steps are not. Nobody waits for a listener, so a step itself sends what a broker must not lose.
   *
   * @param event A storable value, checked like the context: one that cannot be stored throws nothing here, and fails the
   * attempt once it returns. An act whose effect is there is undone then.
   */
  emit(event: unknown): void;
}
