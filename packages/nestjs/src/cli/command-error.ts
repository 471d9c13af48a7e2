/** A command that cannot do what it was asked to. Its message says why, and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}
