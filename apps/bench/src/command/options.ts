import { parseArgs } from 'node:util';

/** The options on the command line. */
export interface BenchOptions {
  /** About a minute instead of about half an hour. */
  readonly isShort: boolean;
  /** Only the parts for the bounds that hold on any machine; fails if one of them is missed. */
  readonly isGuard: boolean;
  /** The parts to run; undefined for all. */
  readonly only: readonly BenchPart[] | undefined;
  /** The rounds of the comparison; undefined for the number in the plan. */
  readonly rounds: number | undefined;
  /** The number of finished sagas to seed; undefined for the number in the plan. */
  readonly finished: number | undefined;
  /**
   * How many seconds a measurement may wait, and be repeated, until the machine does no other work; undefined for none.
   */
  readonly quietTimeout: number | undefined;
  /** The file for the results; undefined for a name made from the time. */
  readonly output: string | undefined;
  /** A file with earlier results for the report, instead of a measurement. */
  readonly report: string | undefined;
}

/** The options, as the command shows them. */
export const usage = (): string => `npm run bench -- [options]

  --short                  a short version of everything
  --guard                  only the bounds that hold on any machine
  --only <parts>           ${benchParts.join(', ')}
  --rounds <n>             rounds of the comparison
  --finished <n>           finished sagas to seed
  --quiet-timeout <s>      how long to wait until the machine does no other work, in seconds
  --output <file>          the file for the results
  --report <file>          shows earlier results and measures nothing`;

/** The parts of a run. */
export const benchParts = [
  'comparison',
  'shapes',
  'memory',
  'module',
  'in-flight',
  'queue',
  'wake-up',
  'branches',
  'soak',
  'finished',
] as const;

export type BenchPart = (typeof benchParts)[number];

/**
 * Reads the command line.
 *
 * @throws Error for an unknown option or part.
 */
export function parseOptions(commandLine: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      short: { type: 'boolean', default: false },
      guard: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      finished: { type: 'string' },
      'quiet-timeout': { type: 'string' },
      output: { type: 'string' },
      report: { type: 'string' },
    },
  });
  return {
    isShort: values.short,
    isGuard: values.guard,
    only: values.only?.split(',').map(toPart),
    rounds: toCount('rounds', values.rounds),
    finished: toCount('finished', values.finished),
    quietTimeout: toCount('quiet-timeout', values['quiet-timeout']),
    output: values.output,
    report: values.report,
  };
}

function toPart(name: string): BenchPart {
  const part = benchParts.find((known) => known === name);
  if (part === undefined) throw new Error(`There is no part "${name}": use ${benchParts.join(', ')}.`);
  return part;
}

function toCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`--${option} takes a whole number from 1 on.`);
  return count;
}
