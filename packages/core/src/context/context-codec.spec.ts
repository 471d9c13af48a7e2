import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import { encodedBytes, jsonContextCodec } from './context-codec.js';
import { maximumEncodedBytes } from './size-budget.js';

const encode = (value: unknown): string => jsonContextCodec.encode(value, 'context');

function refusal(value: unknown): ContextNotStorableError {
  try {
    encode(value);
  } catch (error) {
    if (error instanceof ContextNotStorableError) return error;
    throw error;
  }
  throw new Error('the value was not refused');
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { in: value };
  return value;
}

class Hidden {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}

const foreign = (code: string): unknown => runInNewContext(code);

describe('the JSON codec', () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle['self'] = cycle;

  it.each([
    ['a BigInt', { a: { b: 1n } }, 'context.a.b'],
    ['a cycle', cycle, 'context.self'],
    ['NaN', { list: [1, Number.NaN] }, 'context.list[1]'],
    ['an infinity', { n: Number.POSITIVE_INFINITY }, 'context.n'],
    ['a NUL character', { text: 'a\u0000b' }, 'context.text'],
    ['a lone surrogate', { text: 'a\ud800' }, 'context.text'],
    ['a NUL character in a key', { 'a\u0000': 1 }, 'context."a\\u0000"'],
    ['a function', { f: () => 1 }, 'context.f'],
    ['a symbol', { s: Symbol('s') }, 'context.s'],
    ['a symbol as a key', { o: { [Symbol('s')]: 1 } }, 'context.o'],
    ['a __proto__ key', JSON.parse('{"o":{"__proto__":{"admin":true}}}'), 'context.o.__proto__'],
    ['undefined in an array', { list: [undefined] }, 'context.list[0]'],
    ['a hole in an array', { list: Array.from({ length: 1 }).concat(Array(1)) }, 'context.list[0]'],
    ['a property of an array', { list: Object.assign([1], { extra: 1 }) }, 'context.list'],
    ['a Map', { map: new Map() }, 'context.map'],
    ['an instance of a class below the root', { at: new URL('http://localhost') }, 'context.at'],
    [
      'a property that is not enumerable',
      { o: Object.defineProperty({}, 'id', { value: 1 }) },
      'context.o.id',
    ],
    [
      'a hidden property of an array',
      { list: Object.defineProperty([1], 'x', { value: 1 }) },
      'context.list',
    ],
    ['a Date with a property', { at: Object.assign(new Date(0), { zone: 'UTC' }) }, 'context.at'],
    ['what only inherits from Date', { at: Object.create(Date.prototype) }, 'context.at'],
    ["another realm's array of a class", { list: foreign('new (class extends Array {})()') }, 'context.list'],
    ["another realm's Map", { map: foreign('new Map()') }, 'context.map'],
    [
      'a getter that throws',
      {
        get broken() {
          throw new Error('no');
        },
      },
      'context.broken',
    ],
    ['an invalid Date', { at: new Date(Number.NaN) }, 'context.at'],
  ])('refuses %s and names its path', (_, value, path) => {
    const error = refusal(value);
    expect(error.code).toBe('SAGA_CONTEXT_NOT_STORABLE');
    expect(error.path).toBe(path);
  });

  it.each([
    ['a Map', new Map([[1, 2]])],
    ['a Set', new Set([1])],
    ['a WeakMap', new WeakMap()],
    ['an Error', new Error('an error')],
    ['an error of a class', Object.assign(new TypeError('t'), { status: 400 })],
    ['a URL', new URL('https://example.com/1')],
    ['Headers', new Headers({ a: 'b' })],
    ['a RegExp', /a/],
    ['a Buffer', Buffer.from('ab')],
    ['a typed array', Uint8Array.of(1)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a boxed text', Object('text')],
    ['a boxed number', Object(1)],
    ['a boxed BigInt', Object(1n)],
    ['a promise', Promise.resolve(1)],
    [
      'a generator',
      (function* () {
        yield 1;
      })(),
    ],
    ['a class of private fields', new Hidden(1)],
    [
      'a class that extends Map',
      new (class Ledger extends Map {
        total = 1;
      })(),
    ],
    [
      'a class that extends URL',
      new (class Link extends URL {
        title = 'a';
      })('https://example.com'),
    ],
    [
      'a class that extends Error',
      new (class Refusal extends Error {
        sku = 'a';
      })(),
    ],
    [
      'a Map that calls itself an Object',
      new (class extends Map {
        override get [Symbol.toStringTag](): string {
          return 'Object';
        }
        a = 1;
      })(),
    ],
    ["another realm's Map", foreign('new Map([[1, 2]])')],
    ["another realm's Error", foreign('new Error("an error")')],
  ])('refuses %s at the root', (_, value) => {
    expect(refusal(value).path).toBe('context');
  });

  it('takes a class at the root whose state is in its fields, and one that is empty', () => {
    class Tagged {
      readonly cents = 5;
      get [Symbol.toStringTag](): string {
        return 'Tagged';
      }
    }
    class Shipped {}
    expect(encode(new Tagged())).toBe('{"cents":5}');
    expect(encode(new Shipped())).toBe('{}');
  });

  it('takes plain values and dates of another realm', () => {
    const value = foreign('({ id: 1, list: [{ sku: "a", at: new Date(0) }], bare: Object.create(null) })');
    expect(encode(value)).toBe(
      '{"id":1,"list":[{"sku":"a","at":{"$date":"1970-01-01T00:00:00.000Z"}}],"bare":{}}',
    );
    expect(encode(foreign('[1]'))).toBe('[1]');
    expect(encode(foreign('new Date(0)'))).toBe('{"$date":"1970-01-01T00:00:00.000Z"}');
  });

  it('refuses a value that refers to the same objects again and again before it has written all of it', () => {
    let value: unknown = { text: 'leaf' };
    for (let level = 0; level < 60; level++) value = { one: value, other: value };
    expect(refusal(value).problem).toContain('more than the limit');
  });

  it('takes 64 levels and refuses the 65th', () => {
    expect(encode(nested(64))).toContain('"in"');
    expect(refusal(nested(65)).path).toBe(`context${'.in'.repeat(64)}`);
  });

  it('takes 1 MiB and refuses a byte more', () => {
    const fill = maximumEncodedBytes - encodedBytes(encode({ text: '' }));
    expect(encodedBytes(encode({ text: 'x'.repeat(fill) }))).toBe(maximumEncodedBytes);
    expect(refusal({ text: 'x'.repeat(fill + 1) }).path).toBe('context');
  });

  it('counts the limit in bytes of UTF-8, not in characters', () => {
    expect(refusal({ text: '€'.repeat(maximumEncodedBytes / 3) }).path).toBe('context');
  });

  it('returns a Date as a Date, wherever it is', () => {
    const value = { at: new Date(0), list: [{ due: new Date('2026-02-03T04:05:06.789Z') }] };
    expect(jsonContextCodec.decode(encode(value))).toEqual(value);
  });

  it('does not take a key of the application for its own mark', () => {
    const value = { $date: 'tomorrow', nested: { $$date: 1, at: new Date(5) } };
    expect(jsonContextCodec.decode(encode(value))).toEqual(value);
  });

  it('treats a property that is undefined as absent', () => {
    expect(encode({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it('stores the fields of a class at the root, whatever its toJSON says', () => {
    class Context {
      readonly secret = 'kept';
      toJSON(): unknown {
        return { secret: 'changed' };
      }
    }
    expect(encode(new Context())).toBe('{"secret":"kept"}');
  });

  it('keeps what it accepts: any JSON value with dates comes back equal', () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000')),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
        fc.boolean(),
        fc.constant(null),
        fc.date({ noInvalidDate: true, min: new Date(-8e12), max: new Date(8e14) }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.constantFrom('a', 'b', '$date', '$$date', 'date', 'constructor', 'toString'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('x', 'y', '$date'), values), (value) => {
        const plain: unknown = { ...value };
        expect(jsonContextCodec.decode(encode(plain))).toEqual(plain);
      }),
    );
  });

  it('either refuses with a path or returns an object, for any value', () => {
    const attempt = (value: unknown): unknown => {
      try {
        return jsonContextCodec.decode(encode({ value }));
      } catch (error) {
        return error instanceof ContextNotStorableError ? {} : error;
      }
    };
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(attempt(value)).not.toBeInstanceOf(Error);
        expect(Reflect.get({}, 'admin')).toBeUndefined();
      }),
    );
  });
});
