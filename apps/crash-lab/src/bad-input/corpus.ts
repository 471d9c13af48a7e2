/** Invalid values, each with a description. */
export type Corpus = readonly (readonly [value: unknown, label: string])[];

const notTexts: Corpus = [
  [null, 'null'],
  [5, 'a number'],
  [Number.NaN, 'NaN'],
  [10n, 'a BigInt'],
  [true, 'a boolean'],
  [{}, 'an object'],
  [['text'], 'an array'],
  [Symbol('text'), 'a symbol'],
  [() => 'text', 'a function'],
  [{ toString: () => 'text' }, 'an object that looks like a text'],
];

const unstorableTexts: Corpus = [
  ['', 'an empty text'],
  ['NUL \u0000', 'a NUL'],
  ['half \ud83d', 'a lone surrogate'],
  ['x'.repeat(100_000), 'a long text'],
];

/** Reasons, actors and notes. */
export const texts: Corpus = [...notTexts.filter(([, label]) => label !== 'null'), ...unstorableTexts];

/** Steps at which the saga is not stuck. */
export const steps: Corpus = [
  ...notTexts,
  ...unstorableTexts,
  ['explode', 'the step that failed'],
  ['look', 'a step of another saga'],
  ['unknown', 'a step that is not there'],
  ['__proto__', 'the name of a prototype'],
];

/** Resolutions that do not exist. */
export const resolutions: Corpus = [
  ...notTexts,
  ...unstorableTexts,
  ['Done', 'another case'],
  ['failed', 'an outcome of an attempt'],
];

export const ids: Corpus = [
  ...notTexts,
  ...unstorableTexts,
  ['018f3a5e', 'a part of a UUID'],
  ['018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41 ', 'a UUID and a blank'],
  ['{018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41}', 'a UUID in braces'],
  ['018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c4\u0661', 'a UUID with a digit of another script'],
  ["' OR 1=1 --", 'SQL'],
  ['../../etc/passwd', 'a path'],
  ['__proto__', 'the name of a prototype'],
];

export const keys: Corpus = [...notTexts, ...unstorableTexts, ['k'.repeat(201), 'one character too many']];

export const names: Corpus = [
  ...notTexts,
  ...unstorableTexts,
  ['unknown', 'a saga that is not there'],
  ['__proto__', 'the name of a prototype'],
  ['constructor', 'the name of every constructor'],
  ['any@1', 'a name with a version'],
];

export const metadata: Corpus = [
  [null, 'null'],
  [5, 'a number'],
  ['text', 'a text'],
  [[], 'an array'],
  [{ traceparent: 5 }, 'a number in it'],
  [{ traceparent: '' }, 'an empty text in it'],
  [{ traceparent: 'NUL \u0000' }, 'a NUL in it'],
  [{ 'half \ud83d': 'text' }, 'a lone surrogate in a name'],
  [{ traceparent: 'x'.repeat(1_025) }, 'a long text in it'],
  [JSON.parse('{"__proto__":"polluted"}'), 'a __proto__ in it'],
  [
    Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`name${index}`, 'text'])),
    'too many of them',
  ],
];

export const optionsOfAnyKind: Corpus = [
  [null, 'null'],
  [5, 'a number'],
  ['text', 'a text'],
  [[], 'an array'],
  [{ sagaID: '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41' }, 'a misspelt option'],
  [{ onConflict: 'ignore' }, 'an unknown conduct'],
  [JSON.parse('{"__proto__":{"polluted":true}}'), 'a __proto__ in it'],
  [{ constructor: { prototype: { polluted: true } } }, 'a constructor in it'],
];

const cycle: Record<string, unknown> = {};
cycle['again'] = { of: cycle };
const sparse: unknown[] = [1];
sparse[2] = 3;

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level++) value = { deeper: value };
  return value;
}

const values: Corpus = [
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'an infinity'],
  [10n, 'a BigInt'],
  [Symbol('text'), 'a symbol'],
  [() => 'text', 'a function'],
  [new Map([[1, 2]]), 'a Map'],
  [new Set([1]), 'a Set'],
  [new Uint8Array(3), 'bytes'],
  [/expression/, 'a regular expression'],
  [new Error('an error'), 'an error'],
  [Promise.resolve(5), 'a promise'],
  [new Date(Number.NaN), 'an invalid date'],
  [sparse, 'an array with a hole'],
  [[undefined], 'an array with undefined'],
  [Object.assign([1], { extra: 2 }), 'an array with a property'],
  [{ [Symbol('key')]: 1 }, 'a symbol as a key'],
  ['NUL \u0000', 'a NUL'],
  [{ 'half \ud83d': 1 }, 'a lone surrogate in a key'],
  [JSON.parse('{"__proto__":{"polluted":true}}'), 'a __proto__'],
  [cycle, 'a cycle'],
  [nested(70), 'a deep nesting'],
  [nested(100_000), 'a very deep nesting'],
  ['x'.repeat(1_100_000), 'more than a mebibyte'],
];

/** Contexts: each value directly, if it is an object, and as a field of an object. */
export const contexts: Corpus = [
  [undefined, 'undefined'],
  [Symbol('text'), 'a symbol by itself'],
  [() => 'text', 'a function by itself'],
  ...values.map(([value, label]) => [{ field: value }, `${label} in a field`] as const),
  ...values.map(([value, label]) => [{ list: [{ field: value }] }, `${label} in a list`] as const),
];

/** Values of `fromSeq` for a watch. */
export const places: Corpus = [
  [null, 'null'],
  [0, 'zero'],
  [-1, 'a negative number'],
  [1.5, 'a fraction'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'an infinity'],
  [2 ** 53, 'more than a safe integer'],
  [1n, 'a BigInt'],
  ['1', 'a text'],
  [[1], 'an array'],
  [{ valueOf: () => 1 }, 'an object that looks like a number'],
];

/** Queries of lists. */
export const queries: Corpus = [
  [null, 'null'],
  [5, 'a number'],
  ['stuck', 'a text'],
  [[], 'an array'],
  [{ sort: 'context' }, 'a column to sort by'],
  [JSON.parse('{"__proto__":{"polluted":true},"sort":1}'), 'a __proto__ in it'],
  [{ limit: 0 }, 'a limit of zero'],
  [{ limit: -1 }, 'a negative limit'],
  [{ limit: 1_001 }, 'a limit above the maximum'],
  [{ limit: 1.5 }, 'half a limit'],
  [{ limit: '1e1' }, 'a limit in another notation'],
  [{ limit: ['10'] }, 'a list of limits'],
  [{ limit: null }, 'null as a limit'],
  [{ status: 'happy' }, 'an unknown status'],
  [{ status: ['stuck', 'happy'] }, 'an unknown status among known ones'],
  [{ status: [['stuck']] }, 'a list in a list of statuses'],
  [{ tags: [5] }, 'a number as a tag'],
  [{ keyPrefix: '' }, 'an empty prefix'],
  [{ minimumAttempts: -1 }, 'a negative number of attempts'],
  [{ staleForMs: 'long' }, 'a word as a duration'],
  [{ status: 'toString' }, 'the name of a method as a status'],
  [{ order: 'saga_name; drop table saga_log' }, 'SQL as an order'],
  [{ from: new Date(Number.NaN) }, 'an invalid date'],
  [{ from: '2026-01-01T00:00:00' }, 'a date without its zone'],
  [{ from: '2026-02-30' }, 'a day that does not exist'],
  [{ from: 0 }, 'a date as a number'],
  [{ to: {} }, 'an object as a date'],
  [{ saga: '' }, 'an empty name'],
  [{ saga: 'NUL \u0000' }, 'a NUL in a name'],
  [{ key: 'half \ud83d' }, 'a lone surrogate in a key'],
  [{ key: 'k'.repeat(201) }, 'a long key'],
  [{ key: { $ne: null } }, 'an operator as a key'],
  [{ cursor: 'page 2' }, 'a cursor that no page gave'],
  [{ cursor: '~' }, 'an empty cursor'],
  [{ cursor: "2026-01-01T00:00:00.000Z~' OR 1=1 --" }, 'SQL in a cursor'],
];
