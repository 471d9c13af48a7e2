import { randomUUID } from 'node:crypto';
import { defineSaga } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import type { Clock, SagaStepHandler } from '@nest-saga/core';
import type { SagaEngineOptions } from '@nest-saga/core/engine';

/** The real time, for an engine on a real database. */
const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  startTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** An engine with one saga "order", whose steps are the given acts; each is undone by nothing. */
export function createEngine(
  acts: readonly SagaStepHandler<unknown>['act'][],
  options: Pick<SagaEngineOptions, 'storage'> & Partial<SagaEngineOptions>,
): SagaEngine {
  const saga = defineSaga({
    name: 'order',
    steps: acts.map((act, index) => ({
      id: `step-${index + 1}`,
      handler: () => ({ act, compensate: () => undefined }),
    })),
  });
  return new SagaEngine({
    registry: new SagaRegistry([saga]),
    clock: systemClock,
    ids: { nextId: () => randomUUID(), random: () => Math.random() },
    ...options,
  });
}
