import { jsonContextCodec } from '../context/context-codec.js';
import { isSameContext } from './same-context.js';

/** Compares contexts that an application's own codec reads as these values, from opaque texts. */
function isSameRead(one: unknown, other: unknown): boolean {
  const codec = (value: unknown) => ({ ...jsonContextCodec, decode: () => value });
  return isSameContext({ json: '1', codec: codec(one) }, { json: '2', codec: codec(other) });
}

class Hidden {
  readonly #total: number;

  constructor(total: number) {
    this.#total = total;
  }

  get total(): number {
    return this.#total;
  }
}

describe('isSameContext', () => {
  const isSame = (one: string, other: string): boolean =>
    isSameContext({ json: one, codec: jsonContextCodec }, { json: other, codec: jsonContextCodec });

  it('does not mind the order of keys', () => {
    expect(isSame('{"a":1,"b":{"c":[1,2],"d":null}}', '{"b":{"d":null,"c":[1,2]},"a":1}')).toBe(true);
  });

  it.each([
    ['{"a":1}', '{"a":2}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{"a":[]}', '{"a":{}}'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":null}', '{}'],
    ['{"a":1}', '{"b":1}'],
  ])('distinguishes %s from %s', (one, other) => {
    expect(isSame(one, other)).toBe(false);
  });

  it.each([
    ['dates', { at: new Date(5) }, { at: new Date(5) }],
    ['numbers that are none', { total: Number.NaN }, { total: Number.NaN }],
    ['large numbers', { total: 5n }, { total: 5n }],
    ['maps', new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]])],
    ['sets', new Set([1, 2]), new Set([2, 1])],
    ['bytes', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ])('compares what a codec reads: %s that are the same', (_name, one, other) => {
    expect(isSameRead(one, other)).toBe(true);
  });

  it.each([
    ['dates', { at: new Date(5) }, { at: new Date(6) }],
    ['large numbers', { total: 5n }, { total: 6n }],
    ['maps', new Map([['a', { b: 1 }]]), new Map([['a', { b: 2 }]])],
    ['keys of maps', new Map([['a', 1]]), new Map([['b', 1]])],
    ['sets', new Set([1, 2]), new Set([1, 3])],
    ['bytes', new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    ['classes', { at: new Date(5) }, { at: {} }],
    ['objects that hide what they hold', new Hidden(5), new Hidden(5)],
  ])('compares what a codec reads: %s that differ', (_name, one, other) => {
    expect(isSameRead(one, other)).toBe(false);
  });
});
