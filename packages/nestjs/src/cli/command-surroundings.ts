/** What a command knows of where it runs, and where it writes to. */
export interface CommandSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Paths are relative to it, and the other packages are looked for from it. */
  readonly directory: string;
  /** The result. */
  out(line: string): void;
  /** What is said about it. */
  error(line: string): void;
}

/** 0: done, 1: not as it should be, 2: not understood. */
export type ExitCode = 0 | 1 | 2;
