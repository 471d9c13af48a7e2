import { replyText } from './plain-json.js';

describe('the text of a reply', () => {
  it('is JSON without the properties that are undefined', () => {
    expect(replyText({ a: [1, 'b', null, true], c: undefined })).toBe('{"a":[1,"b",null,true]}');
    expect(replyText(undefined)).toBeUndefined();
  });

  class Payment {
    readonly id = 1;
  }
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  it.each<[string, unknown, RegExp]>([
    ['a Date', { paidAt: new Date(0) }, /reply\.paidAt is a Date.*toISOString/],
    ['an instance of a class', [new Payment()], /reply\[0\] is an instance of Payment/],
    ['a Map', new Map(), /reply is an instance of Map/],
    ['NaN', { n: Number.NaN }, /reply\.n is NaN/],
    ['a BigInt', 1n, /reply is a bigint/],
    ['a function', { f: () => 1 }, /reply\.f is a function/],
    ['undefined in an array', [undefined], /reply\[0\] is undefined/],
    ['a hole in an array', Array(1), /reply\[0\] is undefined/],
    ['an object with toJSON', { toJSON: () => 1 }, /reply is an object with a toJSON method/],
    ['a cycle', cycle, /deeper than 64 levels, perhaps in a cycle/],
  ])('is refused for %s', (_title, reply, message) => {
    expect(() => replyText(reply)).toThrow(message);
  });
});
