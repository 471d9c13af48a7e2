import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';

/** Where a value was found. */
export interface OptionPlace {
  /** The class, the saga or the function that the options were given to. */
  readonly where: string;
  /** The way to the value, such as `retry.maximumAttempts`; empty for the options themselves. */
  readonly path: string;
}

/** What one option takes. */
export interface Option {
  /** Everything that is wrong with a value that is set. */
  check(place: OptionPlace, value: unknown): readonly SagaDefinitionProblem[];
  /** The options inside it, if it is a group. */
  readonly table?: OptionTable;
}

/** What the options of one level are, by their names. */
export type OptionTable = Readonly<Record<string, Option>>;

/** A table with a row for each option of a type, so that the compiler misses none and refuses one too many. */
export type OptionTableOf<Options> = { readonly [name in keyof Required<Options>]: Option };

/** The longest time a timer can wait, in milliseconds: 2^31 - 1, about 24.8 days. */
export const maximumTimerMs = 2_147_483_647;

/** A value that is in range or not. */
export function option(range: string, isInRange: (value: unknown) => boolean): Option {
  return {
    check: ({ where, path }, value) =>
      isInRange(value) ? [] : [{ where, problem: `${path} is ${show(value)}`, remedy: `Set it to ${range}` }],
  };
}

/** A time in milliseconds that a timer can wait. */
export function time({ minimum }: { readonly minimum: number }): Option {
  return option(
    `a number of milliseconds from ${minimum} to ${maximumTimerMs}`,
    (value) => isNumber(value) && value >= minimum && value <= maximumTimerMs,
  );
}

/** A limit of time: there is no such thing as none at all. */
export function timeLimit(): Option {
  return option(
    `a number of milliseconds over 0 and at most ${maximumTimerMs}`,
    (value) => isNumber(value) && value > 0 && value <= maximumTimerMs,
  );
}

/** A whole number of things. */
export function count({ minimum, maximum }: { readonly minimum: number; readonly maximum?: number }): Option {
  const range = maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return option(
    `an integer ${range}`,
    (value) =>
      Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= (maximum ?? Infinity),
  );
}

/** Any finite number from a minimum. */
export function amount({ minimum }: { readonly minimum: number }): Option {
  return option(`a finite number of at least ${minimum}`, (value) => isNumber(value) && value >= minimum);
}

/** A part of a whole. */
export function share(): Option {
  return option('a number from 0 to 1', (value) => isNumber(value) && value >= 0 && value <= 1);
}

/** Yes or no. */
export function flag(): Option {
  return option('true or false', (value) => typeof value === 'boolean');
}

/** One of some words. */
export function oneOf(...allowed: readonly string[]): Option {
  const range = allowed
    .map((word) => JSON.stringify(word))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
  return option(range, (value) => typeof value === 'string' && allowed.includes(value));
}

/** A function, or a class. */
export function func(range = 'a function'): Option {
  return option(range, (value) => typeof value === 'function');
}

/** An object that is used by its methods. */
export function objectWith(range: string, ...methods: readonly string[]): Option {
  return {
    check: (place, value) =>
      isObject(value)
        ? missingMethods(place, value, methods, range)
        : option(range, isObject).check(place, value),
  };
}

/** What has a check of its own elsewhere. */
export const checkedElsewhere: Option = { check: () => [] };

/** Whether a value can have options or methods. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that was refused, short enough for a message. */
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
