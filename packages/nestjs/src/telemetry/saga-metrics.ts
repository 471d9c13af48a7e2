import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import type { SagaLifecycleEvent, SagaStepResult } from '@nest-saga/core';
import { SagaAttribute } from './attributes.js';
import { outcomeOf } from './step-span.js';

/** From steps that only compute to steps that wait for a person, in seconds. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts and times the sagas of this process. */
export class SagaMetrics {
  private readonly started: Counter;
  private readonly ended: Counter;
  private readonly recoveries: Counter;
  private readonly failedDeliveries: Counter;
  private readonly overdue: Counter;
  private readonly attempts: Counter;
  private readonly duration: Histogram;

  constructor(meter: Meter) {
    this.started = meter.createCounter('saga.started', {
      description: 'Sagas that were started or queued here.',
      unit: '{saga}',
    });
    this.ended = meter.createCounter('saga.ended', {
      description: 'Sagas that ended here, by status; a stuck one may end once more.',
      unit: '{saga}',
    });
    this.recoveries = meter.createCounter('saga.recoveries', {
      description: 'Sagas that were claimed from a process that died or lost its lease.',
      unit: '{saga}',
    });
    this.failedDeliveries = meter.createCounter('saga.events.failed', {
      description: 'Events of steps that a handler did not handle in all its attempts.',
      unit: '{event}',
    });
    this.overdue = meter.createCounter('saga.overdue', {
      description: 'Alarms of sagas that are late and are not undone, by reason.',
      unit: '{alarm}',
    });
    this.attempts = meter.createCounter('saga.step.attempts', {
      description: 'Attempts of steps that were recorded here.',
      unit: '{attempt}',
    });
    this.duration = meter.createHistogram('saga.step.duration', {
      description: 'How long the attempts of steps took.',
      unit: 's',
      advice: { explicitBucketBoundaries: durationBuckets },
    });
  }

  count(event: SagaLifecycleEvent): void {
    const name = { [SagaAttribute.Name]: event.saga };
    switch (event.type) {
      case 'started':
        return this.started.add(1, name);
      case 'claimed':
        return event.isRecovery ? this.recoveries.add(1, name) : undefined;
      case 'overdue':
        return this.overdue.add(1, { ...name, [SagaAttribute.Reason]: event.reason });
      case 'delivery-failed':
        return this.failedDeliveries.add(1, name);
      case 'completed':
      case 'failed':
      case 'stuck':
        return this.ended.add(1, { ...name, [SagaAttribute.Status]: event.type });
      case 'step':
        return this.countStep(event.result);
      default:
    }
  }

  private countStep(result: SagaStepResult): void {
    const attributes = {
      [SagaAttribute.Name]: result.saga,
      [SagaAttribute.Step]: result.step,
      [SagaAttribute.Action]: result.action,
      [SagaAttribute.Outcome]: outcomeOf(result),
    };
    this.attempts.add(1, attributes);
    const durationMs = result.finishedAt.getTime() - result.startedAt.getTime();
    // The wall clock may have been set back in the meantime.
    this.duration.record(Math.max(0, durationMs) / 1_000, attributes);
  }
}
