import { checkListLimit } from './list-limit.js';

describe('the limit of a list', () => {
  it.each([1, 50, 1_000])('is a whole number from 1 to 1,000: %s', (limit) => {
    expect(checkListLimit(limit)).toBe(limit);
  });

  it.each([0, -1, 1.5, 1_001, Number.NaN, Number.POSITIVE_INFINITY, '10', 10n, null, undefined, {}, [10]])(
    'is nothing else: %p',
    (limit) => {
      expect(() => checkListLimit(limit)).toThrow('"limit" was refused: pass a whole number from 1 to 1,000');
    },
  );
});
