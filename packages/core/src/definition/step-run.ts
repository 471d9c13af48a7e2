/** The known outcome of all attempts of a step's act, when it is compensated. */
export const StepOutcome = {
  /** The act returned. */
  Completed: 'completed',
  /** Every attempt of the act threw; its effect is probably not there. */
  Failed: 'failed',
  /**
   * An attempt of the act did not end in time, was abandoned, or may have died with its process; its effect may be
   * there. Ask the target, or undo by the act's key, and accept that there may be no effect.
   */
  Unknown: 'unknown',
} as const;
export type StepOutcome = (typeof StepOutcome)[keyof typeof StepOutcome];

/** The attempt that a handler runs: the second argument of `act` and `compensate`. */
export interface StepRun<Response = unknown, Item = unknown> {
  /** In a step that runs for each item: the item. */
  readonly item?: Item | undefined;
  /** In a step that runs for each item: the index of the item, from 0. */
  readonly index?: number | undefined;
  readonly sagaId: string;
  /** The id of the step. */
  readonly step: string;
  /** The number of this attempt, from 1. It is counted in the journal, so a crash does not reset it. */
  readonly attempt: number;
  /**
   * The same for every attempt on every machine, different for act and compensate. Pass it to the target, so that a
   * repeated call has one effect (IETF draft "The Idempotency-Key HTTP Header Field").
   */
  readonly idempotencyKey: string;
  /**
   * A number that grows with every claim of the saga. A target that remembers the highest one can refuse a paused
   * process that wakes up late (Kleppmann, "How to do distributed locking", 2016).
   */
  readonly fencingToken: number;
  /**
   * Fires when the attempt has to end: on timeout, cancel, the deadline of the saga, a lost lease or shutdown. Its
   * `reason` is a `StepAbortedError`.
   */
  readonly signal: AbortSignal;
  /** In `compensate`: the outcome of the act. Undefined in `act`. */
  readonly outcome: StepOutcome | undefined;
  /**
   * In `compensate`: the idempotency key of the act. If the act's response is unknown, use it to ask the target.
   * Undefined in `act`.
   */
  readonly actIdempotencyKey: string | undefined;
  /** In `compensate`: the response of the act, if it completed. Undefined in `act`. */
  readonly response: Response | undefined;
  /**
   * Delivers an event of the application to the handlers of this process, in order, once this attempt is durable.
   * Events of a failed attempt are dropped. Delivered at least once: the saga waits for the handlers before it
   * continues, and if it is recovered, the events of its last step are delivered again.
   *
   * @param event A storable value, checked like the context. One that cannot be stored throws no error here, but fails
   * the attempt when the handler has returned; the effect of an act is undone then.
   */
  emit(event: unknown): void;
}
