/** The directory in which a command runs, and its two outputs. */
export interface CommandSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Paths are relative to this directory, and other packages are searched from it. */
  readonly directory: string;
  /** Writes a line of the result. */
  out(line: string): void;
  /** Writes a line about the result: an error or a note. */
  error(line: string): void;
}

/** 0: done. 1: failed, or a check found a difference. 2: the command line was not understood. */
export type ExitCode = 0 | 1 | 2;
