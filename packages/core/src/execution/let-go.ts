import type { LetGoReason } from '../ports/saga-listener.js';

/** Ends the run of a saga that has not ended. Internal to the engine: never reaches an application. */
export class LetGo extends Error {
  constructor(
    readonly reason: LetGoReason,
    options?: ErrorOptions,
  ) {
    super(`the saga was let go: ${reason}`, options);
  }
}
