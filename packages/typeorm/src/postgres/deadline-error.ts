/** A query took too long and its connection was closed: its outcome is unknown. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}
