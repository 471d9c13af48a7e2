import { median, percentile } from './percentiles.js';

test('a percentile is a value that was measured, the smallest that covers its share', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile([7], 0.01)).toBe(7);
});

test('a median does not depend on the order, and lies between two middle values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('nothing measured is 0 and not an error, so that a table still prints', () => {
  expect(median([])).toBe(0);
  expect(percentile([], 0.5)).toBe(0);
});
