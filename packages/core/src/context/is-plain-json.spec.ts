import fc from 'fast-check';
import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import { checkEncodable } from './check-encodable.js';
import { isPlainJson } from './is-plain-json.js';

class Context {
  readonly total = 5;
}

test.each([
  [
    'an object of everything JSON has',
    { text: 'a', number: 1.5, yes: true, nothing: null, list: [1, ['b']] },
  ],
  ['a property that is undefined', { absent: undefined }],
  ['an object without a prototype', { inner: Object.assign(Object.create(null), { a: 1 }) }],
  ['an instance of a class at the root', new Context()],
  ['a text', 'text'],
  ['null', null],
])('says yes to %s', (_, value) => {
  expect(isPlainJson(value)).toBe(true);
});

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;

test.each([
  ['a Date', { at: new Date(0) }],
  ['a Date at the root', new Date(0)],
  ['an array at the root', [1]],
  ['an instance of a class below the root', { inner: new Context() }],
  ['NaN', { n: Number.NaN }],
  ['an infinity', { n: Number.NEGATIVE_INFINITY }],
  ['a BigInt', { n: 1n }],
  ['a function', { toJSON: () => 1 }],
  ['undefined in an array', { list: [undefined] }],
  ['a hole in an array', { list: Array(1) }],
  ['a property of an array', { list: Object.assign([1], { extra: 1 }) }],
  ['an array of a class of its own', { list: new (class extends Array<number> {})() }],
  ['what only pretends to be an array', { list: Object.create(Array.prototype) }],
  ['a key that is a symbol', { inner: { [Symbol('s')]: 1 } }],
  ['a cycle', cycle],
  ['undefined', undefined],
])('leaves %s to a closer look', (_, value) => {
  expect(isPlainJson(value)).toBe(false);
});

test('if it is true, a closer check refuses only texts and keys', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
    withBoxedValues: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const complaint = isPlainJson(value) ? complaintOf(value) : '';
      expect(complaint).toMatch(/^$|NUL character|__proto__/);
    }),
    { numRuns: 1_000 },
  );
});

function complaintOf(value: unknown): string {
  try {
    checkEncodable(value, 'context');
    return '';
  } catch (error) {
    if (error instanceof ContextNotStorableError) return error.message;
    throw error;
  }
}
