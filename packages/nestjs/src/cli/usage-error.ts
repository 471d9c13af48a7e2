import { CommandError } from './command-error.js';

/** A command line that cannot be understood. Its message says why. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** How the command is used. */
    readonly usage: string,
  ) {
    super(message);
  }
}
