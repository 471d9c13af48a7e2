import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { toWorkerSettings } from '../src/engine-options.js';
import { sagaDefaults, SystemClock } from '../src/index.js';
import { messageEventsDefaults } from '../src/sse/message-events-options.js';
import { sagaHealthDefaults } from '../src/terminus/index.js';
import { readWorkerVitals } from '../src/terminus/worker-vitals.js';

/** The numbers and flags that the docstrings of options give as defaults, by the option's name. */
function documentedDefaults(file: string): Readonly<Record<string, string>> {
  const source = read(`../src/${file}`);
  const found = source.matchAll(/@default ([\d_]+|true|false)[^/]*?\*\/\s*readonly (\w+)\?/g);
  return Object.fromEntries([...found].map(([, value = '', name = '']) => [name, value.replaceAll('_', '')]));
}

/** The numbers and flags that a page's table of options gives as defaults, by the option's name. */
function defaultsInTable(page: string): Readonly<Record<string, string>> {
  const rows = read(`../../../docs/${page}`).matchAll(/^\| `(\w+)` +\| ([\d,]+|true|false)(?= )/gm);
  return Object.fromEntries([...rows].map(([, name = '', value = '']) => [name, value.replaceAll(',', '')]));
}

/** The same in a table of the README, where a default may be a word in code as well. */
function defaultsInReadme(title: string): Readonly<Record<string, string>> {
  const [, table = ''] =
    new RegExp(`^\\| ${title} .*?\\n((?:\\|.*\\n)+)`, 'm').exec(read('../README.md')) ?? [];
  const rows = table.matchAll(/^\| `([\w.]+)` +\| (?:`'([\w-]+)'`|([\d,.]+|true|false)) +\|/gm);
  return Object.fromEntries(
    [...rows].map(([, name = '', word, value = '']) => [name, word ?? value.replaceAll(',', '')]),
  );
}

/** The options by their paths, as in `retry.jitter`. */
function flat(group: string, options: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [`${group}.${name}`, value]));
}

function asText(defaults: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, String(value)]));
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
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
    expect(documentedDefaults('saga-module-options.ts')).toEqual(asText(used));
    expect(recovery.concurrency).toBe(50);
  });

  it('are the ones in the README of the package', () => {
    const { lease, recovery, runsSagas, ...settings } = toWorkerSettings({});
    const { isEnabled, sweepIntervalMs, batchSize, concurrency } = recovery;
    const { maximumRecoveryAttempts } = sagaDefaults.recovery;
    const used = {
      ...flat('lease', lease),
      ...flat('recovery', {
        enabled: isEnabled,
        intervalMs: sweepIntervalMs,
        batchSize,
        concurrency,
        maximumRecoveryAttempts,
      }),
      worker: runsSagas,
      ...settings,
    };
    expect(defaultsInReadme('option of the module')).toEqual(asText(used));
  });

  it('are, of a step, the ones in the README of the package', () => {
    const { retry, compensation, compensateOn } = sagaDefaults;
    const { maximumAttempts, onExhausted, ...pauses } = compensation;
    expect(defaultsInReadme('option of a step')).toEqual(
      asText({
        ...flat('retry', retry),
        ...flat('compensation', { maximumAttempts, onExhausted }),
        compensateOn,
      }),
    );
    expect({ maximumAttempts: retry.maximumAttempts, ...pauses }).toEqual(retry);
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
      compensateOn: 'in-doubt',
      circuitBreaker: { failureThreshold: 5, resetTimeoutMs: 60_000 },
      worker: { leaseDurationMs: 30_000, renewalIntervalMs: 10_000, safetyMarginMs: 5_000 },
      recovery: { sweepIntervalMs: 5_000, batchSize: 100, concurrency: 50, maximumRecoveryAttempts: 5 },
      concurrency: 1_000,
    });
  });
});

describe('the documented defaults of a stream', () => {
  it('are the ones that are used, at the options and on the page', () => {
    expect(documentedDefaults('sse/message-events-options.ts')).toEqual(asText(messageEventsDefaults));
    expect(defaultsInTable('streaming.md')).toEqual(asText(messageEventsDefaults));
  });
});

describe('the documented defaults of a health check', () => {
  it('are the ones that are used, at the options and on the page', () => {
    expect(sagaHealthDefaults).toEqual({
      timeoutMs: 3_000,
      maximumOpenAgeMs: 3_600_000,
      expectsEverySaga: true,
    });
    expect(documentedDefaults('terminus/saga-health-options.ts')).toEqual(asText(sagaHealthDefaults));
    expect(defaultsInTable('health.md')).toEqual(asText(sagaHealthDefaults));
  });

  it('include how late the heartbeat and the sweep may be', () => {
    const lease = { isValid: () => true, lastRenewedAt: 0 };
    const worker = { lease, sweep: { lastSuccessAt: 0 } } as Parameters<typeof readWorkerVitals>[0]['worker'];
    const vitals = readWorkerVitals({ worker }, toWorkerSettings({}), new SystemClock());
    const page = read('../../../docs/health.md');

    expect(page).toContain(
      `heartbeat has not succeeded for two intervals (${seconds(vitals?.heartbeatLimitMs)}`,
    );
    expect(page).toContain(`sweep has not succeeded for two intervals (${seconds(vitals?.sweep?.limitMs)}`);
  });
});

function seconds(milliseconds = Number.NaN): string {
  return `${milliseconds / 1_000} s with the defaults`;
}

describe('the documented defaults of a circuit breaker', () => {
  it('are the ones in the table of its page', () => {
    expect(defaultsInTable('fallback.md')).toEqual(asText(sagaDefaults.circuitBreaker));
  });
});
