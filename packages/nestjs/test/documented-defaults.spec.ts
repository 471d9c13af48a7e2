import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  breakerTable,
  policyTable,
  resolveWorkerOptions,
  sagaTable,
  workerTable,
} from '@nest-saga/core/engine';
import type { OptionTable } from '@nest-saga/core/engine';
import { sagaDefaults, SystemClock } from '../src/index.js';
import { moduleTable } from '../src/options/module-option-table.js';
import { messageEventsTable } from '../src/sse/message-events-options.js';
import { sagaHealthTable } from '../src/terminus/saga-health-options.js';
import { readWorkerVitals } from '../src/terminus/worker-vitals.js';
import { documentedDefaults, rowsOf, rowsOnPage, usedDefaults, writeRows } from './option-rows.js';

/** The options that only a saga has; its name is required. */
const sagaAlone: OptionTable = Object.fromEntries(
  Object.entries(sagaTable).filter(([name]) => name !== 'name' && !(name in policyTable)),
);

/** Each table of options: where its rows are written, and which page shows them under which title. */
const tables: readonly (readonly [string, OptionTable, readonly string[], string, string])[] = [
  ['a step', policyTable, ['core/src/options/step-policies.ts'], '../README.md', 'option of a step'],
  ['a saga', sagaAlone, ['core/src/definition/saga-tables.ts'], '../README.md', 'option of a saga'],
  [
    'the module',
    { ...moduleTable, ...workerTable },
    [
      'nestjs/src/options/module-option-table.ts',
      'core/src/options/worker-options.ts',
      'core/src/options/retention-options.ts',
    ],
    '../README.md',
    'option of the module',
  ],
  [
    'a circuit breaker',
    breakerTable,
    ['core/src/options/circuit-breaker-options.ts'],
    '../../../docs/fallback.md',
    'setting',
  ],
  [
    'a stream of server-sent events',
    messageEventsTable,
    ['nestjs/src/sse/message-events-options.ts'],
    '../../../docs/streaming.md',
    'option',
  ],
  [
    'a health check',
    sagaHealthTable,
    ['nestjs/src/terminus/saga-health-options.ts'],
    '../../../docs/health.md',
    'option',
  ],
];

describe.each(tables)('the options of %s', (_name, table, sources, page, title) => {
  it('have comments with the defaults that are used', () => {
    expect(documentedDefaults(table, sources)).toEqual(usedDefaults(table));
  });

  it('are the rows of their page, with the defaults that are used and the first sentence of their comments', async () => {
    if (process.env['UPDATE_OPTIONS'] !== undefined) await writeRows(page, title, rowsOf(table, sources));
    expect(rowsOnPage(page, title)).toEqual(rowsOf(table, sources));
  });
});

describe('the defaults', () => {
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
      lease: { leaseDurationMs: 30_000, renewalIntervalMs: 10_000, safetyMarginMs: 5_000 },
      recovery: { intervalMs: 5_000, batchSize: 100, concurrency: 50, maximumRecoveryAttempts: 5 },
      concurrency: 1_000,
    });
  });
});

describe('the page on health', () => {
  it('include how late the heartbeat and the sweep may be', () => {
    const lease = { isValid: () => true, lastRenewedAt: 0 };
    const worker = { lease, sweep: { lastSuccessAt: 0 } } as Parameters<typeof readWorkerVitals>[0]['worker'];
    const vitals = readWorkerVitals({ worker }, resolveWorkerOptions({}), new SystemClock());
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

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}
