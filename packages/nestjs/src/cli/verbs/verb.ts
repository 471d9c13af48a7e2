import type { CommandSurroundings, ExitCode } from '../command-surroundings.js';
import type { OpenApplication } from './open-application.js';
import type { VerbGrammar, VerbLine } from './verb-options.js';

/** A command about the sagas of an application or of a database. */
export interface Verb extends VerbGrammar {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Whether it also works on a database alone, with `--url` or DATABASE_URL in place of `--app`. */
  readonly worksOnDatabase: boolean;
  /**
   * Checks the command line before the application is loaded.
   *
   * @throws UsageError
   */
  check?(line: VerbLine): void;
  /** Does the work. Rejects with the errors of the operator. */
  run(line: VerbLine, app: OpenApplication, output: CommandSurroundings): Promise<ExitCode>;
}
