import { describe, expect, it } from '@jest/globals';
import { defineSaga, fallback, InMemorySagaStorage, sagaDefaults } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import type { StepInterceptor } from '@nest-saga/core/engine';
import type { CircuitBreaker, DeclaredSaga, SagaStepHandler, StepRun } from '@nest-saga/core';
import {
  FakeClock,
  scriptedSaga,
  ScriptedStep,
  SequentialIds,
  flushPromises,
  StepGate,
} from '@nest-saga/testing';

describe('a call that comes when its attempt is over', () => {
  it('does not reach the act whose provider came only after the timeout', async () => {
    const step = new ScriptedStep('charge');
    const provider = deferred<SagaStepHandler<unknown>>();
    const { clock, starter } = await open({
      name: 'order',
      steps: [{ id: 'charge', timeoutMs: 100, handler: () => provider.promise }],
    });
    const { end } = await starter.start({}, { saga: 'order' });
    await clock.advance(100);
    provider.resolve(step);
    expect((await end)?.state.status).toBe('failed');
    await flushPromises();
    expect(step.calls).toEqual([]);
  });

  it('does not reach the act that an interceptor calls after the timeout', async () => {
    const step = new ScriptedStep('charge', { timeoutMs: 100 });
    const isLate = deferred<void>();
    const interceptor: StepInterceptor = {
      intercept: async (_attempt, call) => {
        await isLate.promise;
        return call();
      },
    };
    const { clock, starter } = await open(scriptedSaga('order', [step]), interceptor);
    const { end } = await starter.start({}, { saga: 'order' });
    await clock.advance(100);
    isLate.resolve();
    expect((await end)?.state.status).toBe('failed');
    await flushPromises();
    expect(step.calls).toEqual([]);
  });

  it('is over for the circuit breaker at the timeout, however long the target hangs', async () => {
    const hanging = new ScriptedStep('card', { act: [new StepGate().waitsDeaf()], timeoutMs: 100 });
    const seen: unknown[] = [];
    const circuitBreaker: CircuitBreaker = {
      execute: async (_stepId, attempt) => {
        try {
          return await attempt();
        } catch (error) {
          seen.push(error);
          throw error;
        }
      },
      isOpen: () => false,
    };
    const steps = [fallback(hanging, new ScriptedStep('invoice'), { circuitBreaker })];
    const { clock, starter } = await open(scriptedSaga('order', steps));
    const { end } = await starter.start({}, { saga: 'order' });
    await clock.advance(100);
    await flushPromises();
    expect(seen).toMatchObject([{ code: 'SAGA_STEP_TIMED_OUT' }]);
    await clock.advance(sagaDefaults.abortGraceMs);
    expect((await end)?.state.status).toBe('completed');
    expect(seen).toHaveLength(1);
  });

  it('passes the run of an attempt to the source of its handler', async () => {
    const runs: StepRun[] = [];
    const handler = (run: StepRun) => {
      runs.push(run);
      return new ScriptedStep('charge');
    };
    const { starter } = await open({ name: 'order', steps: [{ id: 'charge', handler }] });
    const { sagaId, end } = await starter.start({}, { saga: 'order' });
    await end;
    expect(runs).toMatchObject([{ sagaId, step: 'charge', attempt: 1 }]);
  });
});

async function open(saga: DeclaredSaga, interceptor?: StepInterceptor) {
  const clock = new FakeClock();
  const engine = new SagaEngine({
    storage: new InMemorySagaStorage(clock),
    registry: new SagaRegistry([defineSaga(saga)]),
    clock,
    ids: new SequentialIds(),
    ...(interceptor === undefined ? {} : { interceptor }),
  });
  await engine.open();
  return { clock, starter: engine.starter };
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
