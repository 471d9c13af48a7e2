import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { isError } from '@nest-saga/core/engine';
import { UsageError } from '../usage-error.js';

/** The options of the verbs, as `parseArgs` knows them. */
const known = {
  app: { type: 'string' },
  export: { type: 'string' },
  url: { type: 'string' },
  schema: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  actor: { type: 'string' },
  note: { type: 'string' },
  seen: { type: 'string' },
  yes: { type: 'boolean' },
  outcome: { type: 'string' },
  payload: { type: 'string' },
  'dedupe-id': { type: 'string' },
  status: { type: 'string', multiple: true },
  saga: { type: 'string' },
  key: { type: 'string' },
  'key-prefix': { type: 'string' },
  tag: { type: 'string', multiple: true },
  waiting: { type: 'string' },
  owner: { type: 'string' },
  'minimum-attempts': { type: 'string' },
  'minimum-recoveries': { type: 'string' },
  'stale-for-ms': { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  order: { type: 'string' },
  cursor: { type: 'string' },
  limit: { type: 'string' },
  'ended-before': { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

/** The name of an option, without its dashes. */
export type VerbOption = keyof typeof known;

/** The values that a command line may have. */
export type VerbValues = {
  readonly [Name in VerbOption]?: (typeof known)[Name] extends { readonly multiple: true }
    ? readonly string[]
    : (typeof known)[Name] extends { readonly type: 'boolean' }
      ? boolean
      : string;
};

/** The options that every verb takes. */
const common: readonly VerbOption[] = ['app', 'export', 'json', 'help'];

/** The options that say which sagas. */
export const filterOptions: readonly VerbOption[] = [
  'status',
  'saga',
  'key',
  'key-prefix',
  'tag',
  'waiting',
  'owner',
  'minimum-attempts',
  'minimum-recoveries',
  'stale-for-ms',
  'from',
  'to',
  'order',
];

/** The rules of one verb's command line. */
export interface VerbGrammar {
  readonly verb: string;
  readonly usage: string;
  /** The names of its words, all of which are required. */
  readonly words: readonly string[];
  readonly options: readonly VerbOption[];
}

/** A command line that fits the grammar of its verb. */
export interface VerbLine {
  readonly words: readonly string[];
  readonly values: VerbValues;
}

/**
 * Reads the command line of a verb.
 *
 * @throws UsageError
 */
export function parseVerb(grammar: VerbGrammar, commandArguments: readonly string[]): VerbLine {
  const { values, positionals } = parse(commandArguments, grammar.usage);
  if (values.help === true) return { words: [], values: { help: true } };
  const allowed = [...common, ...grammar.options];
  const foreign = Object.keys(values).find((name) => !allowed.includes(name as VerbOption));
  if (foreign !== undefined)
    throw new UsageError(`--${foreign} is not an option of "${grammar.verb}".`, grammar.usage);
  const missing = grammar.words[positionals.length];
  if (missing !== undefined) throw new UsageError(`The ${missing} is missing.`, grammar.usage);
  const extra = positionals[grammar.words.length];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many.`, grammar.usage);
  return { words: positionals, values };
}

/** The name of the person who acts: `--actor`, or the user of the system. */
export function actorOf({ actor }: VerbValues): string {
  return actor ?? userInfo().username;
}

/**
 * The value of an option that has to be there.
 *
 * @throws UsageError
 */
export function required(values: VerbValues, name: VerbOption, { usage }: VerbGrammar): string {
  const value = values[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`--${name} is missing.`, usage);
}

function parse(commandArguments: readonly string[], usage: string) {
  try {
    return parseArgs({ args: [...commandArguments], allowPositionals: true, options: known });
  } catch (error) {
    throw new UsageError(isError(error) ? error.message : String(error), usage);
  }
}
