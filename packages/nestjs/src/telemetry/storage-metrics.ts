import type { BatchObservableCallback, Meter, ObservableCallback } from '@opentelemetry/api';
import type { SagaStorage, SagaWaiting } from '@nest-saga/core';
import { isListening } from '@nest-saga/core/engine';
import { SagaAttribute } from './attributes.js';
import { inTime } from './in-time.js';
import { measureOutbox } from './outbox-metrics.js';

/** A storage that writes several entries in one statement, and reports how many each time. */
export interface GroupingStorage {
  onGroupWritten(listener: (entries: number) => void): () => void;
}

/** All of them at each collection: a series that ends with its last saga would stay at its last value in a chart. */
const waitKinds = [
  'retry',
  'overdue',
  'delay',
  'signal',
  'approval',
] as const satisfies readonly SagaWaiting['for'][];

const groupBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/**
 * Reads the numbers of the storage whenever metrics are collected. They describe the whole storage: all processes that
 * share it report the same.
 *
 * @returns The function that ends it.
 */
export function measureStorage(meter: Meter, storage: SagaStorage): () => void {
  const open = meter.createObservableGauge('saga.open', {
    description: 'Sagas that have not ended, by status.',
    unit: '{saga}',
  });
  const stuck = meter.createObservableGauge('saga.stuck', {
    description: 'Sagas that need an operator.',
    unit: '{saga}',
  });
  const waiting = meter.createObservableGauge('saga.waiting', {
    description: 'Open sagas that wait without a process, by what they wait for.',
    unit: '{saga}',
  });
  const age = meter.createObservableGauge('saga.oldest_open.age', {
    description: 'How long ago the oldest saga was started that has not ended.',
    unit: 's',
  });
  const observe: BatchObservableCallback = async (result) => {
    const summary = await inTime(() => storage.summarize());
    if (summary === undefined) return;
    for (const status of ['pending', 'running', 'compensating'] as const)
      result.observe(open, summary[status], { [SagaAttribute.Status]: status });
    result.observe(stuck, summary.stuck);
    for (const kind of waitKinds)
      result.observe(waiting, summary.waitingFor[kind] ?? 0, { [SagaAttribute.WaitingFor]: kind });
    result.observe(age, (summary.oldestOpenAgeMs ?? 0) / 1_000);
  };
  const gauges = [open, stuck, waiting, age];
  meter.addBatchObservableCallback(observe, gauges);
  const endHints = measureHints(meter, storage);
  const endOutbox = storage.outbox === undefined ? undefined : measureOutbox(meter, storage.outbox);
  const endGroups = isGrouping(storage) ? measureGroups(meter, storage) : undefined;
  return () => {
    meter.removeBatchObservableCallback(observe, gauges);
    endHints?.();
    endOutbox?.();
    endGroups?.();
  };
}

function measureHints(meter: Meter, storage: SagaStorage): (() => void) | undefined {
  if (isListening(storage) === undefined) return undefined;
  const gauge = meter.createObservableGauge('saga.hints.listening', {
    description: 'Whether this process receives hints of others (1) or only polls (0).',
  });
  const observe: ObservableCallback = (result) => result.observe(isListening(storage) === true ? 1 : 0);
  gauge.addCallback(observe);
  return () => gauge.removeCallback(observe);
}

function measureGroups(meter: Meter, storage: GroupingStorage): () => void {
  const size = meter.createHistogram('saga.append.group.size', {
    description: 'Starts and entries that one statement wrote.',
    unit: '{entry}',
    advice: { explicitBucketBoundaries: groupBuckets },
  });
  return storage.onGroupWritten((entries) => size.record(entries));
}

function isGrouping(storage: SagaStorage): storage is SagaStorage & GroupingStorage {
  return 'onGroupWritten' in storage && typeof storage.onGroupWritten === 'function';
}
