/** A query took too long and its connection was broken off: nothing is known about it. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}
