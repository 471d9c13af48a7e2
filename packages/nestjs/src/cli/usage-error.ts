import { CommandError } from './command-error.js';

/** A command line that cannot be understood. Its message has the reason. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** The usage of the command. */
    readonly usage: string,
  ) {
    super(message);
  }
}
