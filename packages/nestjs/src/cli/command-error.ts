/** A command that cannot do its work. Its message has the reason and the remedy. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}
