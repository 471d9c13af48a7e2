/**
 * The reason for which a saga waits: `retry` is the next attempt of a step, `overdue` the next one of a step that is late
 * and cannot be undone, the others are wait stages.
 */
export interface SagaWaiting {
  readonly for: 'retry' | 'overdue' | 'delay' | 'signal' | 'approval';
  /** The id of the step or of the wait; `start` for a saga that was started with a delay and has not begun. */
  readonly name: string;
}

/** All kinds of waits. */
export const waitKinds: Readonly<Record<SagaWaiting['for'], true>> = {
  retry: true,
  overdue: true,
  delay: true,
  signal: true,
  approval: true,
};

/** Whether a wait is for the next attempt of a step. */
export function isRetryWait({ for: what }: Pick<SagaWaiting, 'for'>): boolean {
  return what === 'retry' || what === 'overdue';
}

/** A wait without an owner: nothing of the saga runs before the time has come. */
export interface Park extends SagaWaiting {
  /** In milliseconds after the entry is stored, by the storage's clock; undefined if only a request ends the wait. */
  readonly dueInMs: number | undefined;
  /** A fixed moment by the storage's clock, in place of `dueInMs`. */
  readonly nextRunAt?: Date;
}
