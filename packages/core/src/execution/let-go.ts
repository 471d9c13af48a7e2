import type { LetGoReason } from '../ports/saga-listener.js';

/** Ends an executor's loop without an end of the saga. Internal to the engine: never reaches an application. */
export class LetGo extends Error {
  constructor(
    readonly reason: LetGoReason,
    options?: ErrorOptions,
  ) {
    super(`the saga was let go: ${reason}`, options);
  }
}
