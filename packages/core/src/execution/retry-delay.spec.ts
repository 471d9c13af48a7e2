import fc from 'fast-check';
import { retryDelay } from './retry-delay.js';

const policy = {
  maximumAttempts: 5,
  initialIntervalMs: 100,
  backoffCoefficient: 2,
  maximumIntervalMs: 500,
  jitter: 0,
  nonRetryableErrors: [],
};

describe('retryDelay', () => {
  it('grows by the coefficient up to the cap', () => {
    expect([1, 2, 3, 4, 5].map((failed) => retryDelay(policy, failed, 0))).toEqual([100, 200, 400, 500, 500]);
  });

  it('takes only the share of jitter away', () => {
    expect(retryDelay({ ...policy, jitter: 0.5 }, 1, 1)).toBe(50);
    expect(retryDelay({ ...policy, jitter: 1 }, 1, 1)).toBe(0);
  });

  it('is a delay within the cap for every policy in range', () => {
    const policies = fc.record({
      maximumAttempts: fc.integer({ min: 1 }),
      initialIntervalMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
      backoffCoefficient: fc.double({ min: 1, max: 1e9, noNaN: true }),
      maximumIntervalMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      nonRetryableErrors: fc.constant([]),
    });
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (anyPolicy, failed, random) => {
          const delayMs = retryDelay(anyPolicy, failed, random);
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(Math.round(anyPolicy.maximumIntervalMs));
        },
      ),
    );
  });
});
