import { describe, expect, it } from '@jest/globals';
import { days, hours, minutes, seconds } from './durations.js';

describe('a duration', () => {
  it.each([
    ['seconds', seconds(30), 30_000],
    ['minutes', minutes(5), 300_000],
    ['hours', hours(24), 86_400_000],
    ['days', days(30), 2_592_000_000],
    ['no time at all', days(0), 0],
    ['a part of a unit', minutes(1.5), 90_000],
    ['a part that binary numbers do not have', seconds(1.1), 1_100],
  ])('is a whole number of milliseconds: %s', (_unit, duration, expected) => {
    expect(duration).toBe(expected);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e18, '5', undefined, null, 5n])(
    'is refused of %p, with what it takes',
    (count) => {
      for (const [unit, make] of Object.entries({ seconds, minutes, hours, days })) {
        expect(() => make(count as number)).toThrow(
          expect.objectContaining({ code: 'SAGA_INVALID_ARGUMENT', argument: unit }),
        );
      }
      expect(() => hours(count as number)).toThrow('hours(1) is 3600000 milliseconds');
    },
  );
});
