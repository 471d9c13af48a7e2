import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { toWorkerSettings } from '../src/engine-options.js';
import { sagaDefaults } from '../src/index.js';

/** The numbers and flags that the docstrings of options give as defaults, by the option's name. */
function documentedDefaults(file = '../src/saga-module-options.ts'): Readonly<Record<string, string>> {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  const found = source.matchAll(/@default ([\d_]+|true|false)[^/]*?\*\/\s*readonly (\w+)\?/g);
  return Object.fromEntries([...found].map(([, value = '', name = '']) => [name, value.replaceAll('_', '')]));
}

describe('the documented defaults of SagaModule', () => {
  it('are the ones that are used', () => {
    const { lease, recovery, runsSagas, ...settings } = toWorkerSettings({});
    const used = {
      ...lease,
      enabled: recovery.isEnabled,
      intervalMs: recovery.sweepIntervalMs,
      batchSize: recovery.batchSize,
      maximumRecoveryAttempts: sagaDefaults.recovery.maximumRecoveryAttempts,
      worker: runsSagas,
      ...settings,
    };
    // Said twice, for the process and for what it claims: the last one is the process's.
    expect(documentedDefaults()).toEqual(
      Object.fromEntries(Object.entries(used).map(([name, value]) => [name, String(value)])),
    );
    expect(recovery.concurrency).toBe(50);
  });

  it('are the ones of a circuit breaker too', () => {
    const { failureThreshold, resetTimeoutMs } = sagaDefaults.circuitBreaker;
    expect(documentedDefaults('../../core/src/definition/circuit-breaker.ts')).toEqual({
      failureThreshold: String(failureThreshold),
      resetTimeoutMs: String(resetTimeoutMs),
    });
  });

  it('are those of the design', () => {
    expect(sagaDefaults).toMatchObject({
      retry: { maximumAttempts: 1 },
      compensation: {
        maximumAttempts: 3,
        initialIntervalMs: 1_000,
        backoffCoefficient: 2,
        maximumIntervalMs: 60_000,
        onExhausted: 'halt',
      },
      compensateOn: 'completed',
      circuitBreaker: { failureThreshold: 5, resetTimeoutMs: 60_000 },
      worker: { leaseDurationMs: 30_000, renewalIntervalMs: 10_000, safetyMarginMs: 5_000 },
      recovery: { sweepIntervalMs: 5_000, batchSize: 100, concurrency: 50, maximumRecoveryAttempts: 5 },
      concurrency: 1_000,
    });
  });
});
