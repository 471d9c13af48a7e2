/** What a saga waits for: `retry` the next attempt of a step, the others what a place of its list says. */
export interface SagaWaiting {
  readonly for: 'retry' | 'delay' | 'signal' | 'approval';
  /** The id of the step or of the wait; `start` for a saga that was started with a delay and has not begun. */
  readonly name: string;
}

/** A saga leaves its owner, and nothing of it runs before the time has come. */
export interface Park extends SagaWaiting {
  /** Counted from when the entry is stored, by the storage's clock; undefined: until somebody asks something of it. */
  readonly dueInMs: number | undefined;
  /** A moment by the storage's clock, in place of `dueInMs`. */
  readonly nextRunAt?: Date;
}
