import { isReached } from './targets.js';

const target = { what: 'something', unit: 'ms' };

test('a bound from below and one from above are reached at the bound itself', () => {
  expect(isReached({ ...target, bound: { atLeast: 15 }, measured: 15 })).toBe(true);
  expect(isReached({ ...target, bound: { atLeast: 15 }, measured: 14.9 })).toBe(false);
  expect(isReached({ ...target, bound: { atMost: 60 }, measured: 60 })).toBe(true);
  expect(isReached({ ...target, bound: { atMost: 60 }, measured: 60.1 })).toBe(false);
});

test('what was not measured is neither reached nor missed', () => {
  expect(isReached({ ...target, bound: { atMost: 60 }, measured: undefined })).toBeUndefined();
});
