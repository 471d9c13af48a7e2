import type { StopReason } from '../ports/saga-listener.js';

/** Ends the run of a saga that has not ended. Internal to the engine: never reaches an application. */
export class StopRun extends Error {
  constructor(
    readonly reason: StopReason,
    options?: ErrorOptions,
  ) {
    super(`the run of the saga was stopped: ${reason}`, options);
  }
}
