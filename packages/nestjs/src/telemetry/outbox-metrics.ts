import type { BatchObservableCallback, Meter } from '@opentelemetry/api';
import type { SagaStorage } from '@nest-saga/core';
import { SagaAttribute } from './attributes.js';
import { inTime } from './in-time.js';

/**
 * Reads the messages that are still to be delivered, by sink, whenever metrics are collected.
 *
 * @returns The function that ends it.
 */
export function measureOutbox(meter: Meter, outbox: NonNullable<SagaStorage['outbox']>): () => void {
  const undelivered = meter.createObservableGauge('saga.outbox.undelivered', {
    description: 'Messages that a sink has not got yet, without those that wait for an operator.',
    unit: '{message}',
  });
  const parked = meter.createObservableGauge('saga.outbox.parked', {
    description: 'Messages that a sink has refused, and that wait for an operator.',
    unit: '{message}',
  });
  const lag = meter.createObservableGauge('saga.outbox.lag', {
    description: 'How long ago the oldest message was stored that a sink has not got yet.',
    unit: 's',
  });
  // A series that ends with its last message would stay at its last value in a chart.
  const known = new Set<string>();
  const observe: BatchObservableCallback = async (result) => {
    const found = await inTime(() => outbox.summarize());
    if (found === undefined) return;
    for (const { sink } of found) known.add(sink);
    for (const sink of known) {
      const one = found.find((summary) => summary.sink === sink);
      const attributes = { [SagaAttribute.Sink]: sink };
      result.observe(undelivered, one?.undelivered ?? 0, attributes);
      result.observe(parked, one?.parked ?? 0, attributes);
      result.observe(lag, (one?.lagMs ?? 0) / 1_000, attributes);
    }
  };
  const gauges = [undelivered, parked, lag];
  meter.addBatchObservableCallback(observe, gauges);
  return () => meter.removeBatchObservableCallback(observe, gauges);
}
