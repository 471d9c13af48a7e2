import { describe, expect, it } from '@jest/globals';
import { suggestName } from './suggest-name.js';

const known = [
  'recovery',
  'retry',
  'compensation',
  'timeoutMs',
  'schema',
  'failureErrors',
  'failureThreshold',
  'leaseDurationMs',
  'retry.maximumAttempts',
  'recovery.intervalMs',
  'recovery.maximumRecoveryAttempts',
];

describe('the name that an unknown option was probably meant to be', () => {
  it.each([
    ['recovry', 'recovery'],
    ['timeoutMS', 'timeoutMs'],
    ['timeout', 'timeoutMs'],
    ['timeout_ms', 'timeoutMs'],
    ['shema', 'schema'],
    ['scehma', 'schema'],
    ['failureError', 'failureErrors'],
    ['threshold', 'failureThreshold'],
    ['durationMs', 'leaseDurationMs'],
    ['maxAttempts', 'retry.maximumAttempts'],
    ['maxRecoveryAttempts', 'recovery.maximumRecoveryAttempts'],
    ['interval', 'recovery.intervalMs'],
    ['retries', 'retry'],
  ])('finds for "%s" the option "%s"', (name, meant) => {
    expect(suggestName(name, known)).toBe(meant);
  });

  it.each(['', 'x', 'colour', '__proto__', 'ms', '\u{1F600}'])('finds none for "%s"', (name) => {
    expect(suggestName(name, known)).toBeUndefined();
  });
});
