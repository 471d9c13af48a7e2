import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';

/** The position of a value. */
export interface OptionPlace {
  /** The class, the saga or the function that got the options. */
  readonly where: string;
  /** The path of the value, such as `retry.maximumAttempts`; empty for the options object itself. */
  readonly path: string;
}

/** The rules of one option. */
export interface Option<Value = unknown> {
  /** The problems of a value that is set. */
  check(place: OptionPlace, value: unknown): readonly SagaDefinitionProblem[];
  /** The value if the option is left out; undefined if there is none. */
  readonly default?: Value;
  /** The options inside it, if it is a group. */
  readonly table?: OptionTable;
}

/** An option that has a default. */
export interface DefaultedOption<Value> extends Option<Value> {
  readonly default: Value & {};
}

/** The options of one level, by their names. */
export type OptionTable = Readonly<Record<string, Option>>;

/**
 * A table with a row for each option of a type that is declared elsewhere, so that the compiler finds all differences.
 */
export type OptionTableOf<Options> = { readonly [name in keyof Required<Options>]: Option };

/** The type of an option's values. */
export type ValueOf<Row> = Row extends Option<infer Value> ? Value : never;

/** The type of the options that a table describes, with the comments of its rows. */
export type OptionsOf<Table> = { readonly [name in keyof Table]?: ValueOf<Table[name]> };

/** The same with every option set. */
export type FilledOptionsOf<Table> = { readonly [name in keyof Table]: ValueOf<Table[name]> };

/** The same with every option resolved: one that has no default may be undefined. */
export type ResolvedOptionsOf<Table> = {
  readonly [name in keyof Table]: Table[name] extends DefaultedOption<unknown>
    ? ValueOf<Table[name]>
    : ValueOf<Table[name]> | undefined;
};

/** The type of a row: an option with a default, if one was given. */
type Row<Value, Given> = Given extends { readonly default: unknown } ? DefaultedOption<Value> : Option<Value>;

/** The longest time of a timer, in milliseconds: 2^31 - 1, about 24.8 days. */
export const maximumTimerMs = 2_147_483_647;

/** The longest wait that is kept in the storage, in milliseconds: 100 years. */
export const maximumWaitMs = 3_155_760_000_000;

/** A value that is valid if a predicate returns true. */
export function option<Value = unknown, const Given extends { readonly default?: Value } = object>(
  range: string,
  isInRange: (value: unknown) => boolean,
  given?: Given,
): Row<Value, Given>;
export function option(
  range: string,
  isInRange: (value: unknown) => boolean,
  given: { readonly default?: unknown } = {},
): Option {
  return {
    check: ({ where, path }, value) =>
      isInRange(value) ? [] : [{ where, problem: `${path} is ${show(value)}`, remedy: `Set it to ${range}` }],
    ...(given.default === undefined ? {} : { default: given.default }),
  };
}

interface Least {
  readonly minimum: number;
  readonly default?: number;
}

/** A time in milliseconds that a timer can wait. */
export function time<const Given extends Least>(given: Given): Row<number, Given> {
  const { minimum } = given;
  return option<number, Given>(
    `a number of milliseconds from ${minimum} to ${maximumTimerMs}`,
    (value) => isNumber(value) && value >= minimum && value <= maximumTimerMs,
    given,
  );
}

/** A time limit, which is more than 0 if it is set. */
export function timeLimit(): Option<number> {
  return option<number>(
    `a number of milliseconds over 0 and at most ${maximumTimerMs}`,
    (value) => isNumber(value) && value > 0 && value <= maximumTimerMs,
  );
}

/** A wait that is kept in the storage, and so may be longer than a timer can wait. */
export function duration(): Option<number> {
  return option<number>(
    `a number of milliseconds over 0 and at most ${maximumWaitMs}`,
    (value) => isNumber(value) && value > 0 && value <= maximumWaitMs,
  );
}

/** A whole number. */
export function count<const Given extends Least & { readonly maximum?: number }>(
  given: Given,
): Row<number, Given> {
  const { minimum, maximum } = given;
  const range = maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return option<number, Given>(
    `an integer ${range}`,
    (value) =>
      Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= (maximum ?? Infinity),
    given,
  );
}

/** Any finite number from a minimum. */
export function amount<const Given extends Least>(given: Given): Row<number, Given> {
  return option<number, Given>(
    `a finite number of at least ${given.minimum}`,
    (value) => isNumber(value) && value >= given.minimum,
    given,
  );
}

/** A share of a whole, from 0 to 1. */
export function share<const Given extends { readonly default?: number }>(given: Given): Row<number, Given> {
  return option<number, Given>(
    'a number from 0 to 1',
    (value) => isNumber(value) && value >= 0 && value <= 1,
    given,
  );
}

/** True or false. */
export function flag<const Given extends { readonly default?: boolean } = object>(
  given?: Given,
): Row<boolean, Given> {
  return option<boolean, Given>('true or false', (value) => typeof value === 'boolean', given);
}

/** One of several words. */
export function oneOf<
  const Word extends string,
  const Given extends { readonly default?: NoInfer<Word> } = object,
>(allowed: readonly Word[], given?: Given): Row<Word, Given> {
  const words: readonly string[] = allowed;
  const range = words
    .map((word) => JSON.stringify(word))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
  return option<Word, Given>(range, (value) => typeof value === 'string' && words.includes(value), given);
}

/** A function, or a class. */
export function func<Value = unknown>(range = 'a function'): Option<Value> {
  return option<Value>(range, (value) => typeof value === 'function');
}

/** An object with these methods. */
export function objectWith<Value = unknown>(range: string, ...methods: readonly string[]): Option<Value> {
  return {
    check: (place, value) =>
      isObject(value)
        ? missingMethods(place, value, methods, range)
        : option(range, isObject).check(place, value),
  };
}

/** A value that is checked elsewhere. */
export function checkedElsewhere<Value = unknown>(): Option<Value> {
  return { check: () => [] };
}

/** Whether a value can have options or methods. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A refused value in a form that is short enough for a message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (value === null || ['number', 'boolean', 'undefined'].includes(typeof value)) return String(value);
  if (Array.isArray(value)) return 'a list';
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function missingMethods(
  { where, path }: OptionPlace,
  value: object,
  methods: readonly string[],
  range: string,
): readonly SagaDefinitionProblem[] {
  return methods
    .filter((method) => typeof Reflect.get(value, method) !== 'function')
    .map((method) => ({ where, problem: `${path} has no method "${method}"`, remedy: `Set it to ${range}` }));
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
