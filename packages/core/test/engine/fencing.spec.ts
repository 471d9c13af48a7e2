import type { StepInterceptor } from '@nest-saga/core/engine';
import type { CircuitBreaker, DeclaredSaga, SagaStepHandler } from '@nest-saga/core';
import { fallback } from '@nest-saga/core';
import {
  answers,
  DelayedStorage,
  emits,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

function order(charge: ScriptedStepOptions, ship: ScriptedStepOptions = {}) {
  const step = new ScriptedStep('charge', charge);
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step, new ScriptedStep('ship', ship)]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

const pastTheLeaseMs = 60_000;

describe('a process that was paused past its lease in the middle of an act', () => {
  /** The first process sleeps in `charge`; the second one has finished the saga; the first one wakes up. */
  async function wakeUp(late: (gate: StepGate) => void) {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waitsDeaf(), answers('by the second')] });
    const [zombie, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await zombie.start();
    await cluster.advance(0);
    zombie.pause();
    const outcome = await cluster.resolve(second.outcome(sagaId), pastTheLeaseMs);
    const [before, callsBefore] = [await cluster.load(sagaId), [...saga.calls]];
    late(gate);
    zombie.resume();
    await cluster.advance(pastTheLeaseMs);
    return { cluster, zombie, sagaId, outcome, before, callsBefore, saga };
  }

  it.each([
    ['returns at last', (gate: StepGate) => gate.open('by the zombie')],
    ['fails at last', (gate: StepGate) => gate.break(new Error('by the zombie'))],
    ['hangs on', () => undefined],
  ])('writes nothing, starts nothing and undoes nothing when the act %s', async (_name, late) => {
    const { cluster, sagaId, outcome, before, callsBefore, saga } = await wakeUp(late);
    expect(outcome.status).toBe('completed');
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(saga.calls).toEqual(callsBefore);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge', 'act ship']);
  });

  it('says that it stopped, and publishes no end that is not its own', async () => {
    const { zombie, sagaId } = await wakeUp((gate) => gate.open('by the zombie'));
    expect(zombie.listener.typesOf(sagaId)).toEqual(['started', 'step', 'stopped']);
    expect(zombie.listener.ofType('stopped')).toMatchObject([{ sagaId, reason: 'lease-lost' }]);
  });

  it('takes a new lease under a new name and works again', async () => {
    const { cluster, zombie } = await wakeUp((gate) => gate.open());
    const workers = zombie.listener.ofWorkerType('lease-acquired').map(({ worker }) => worker);
    expect(new Set(workers).size).toBe(2);
    expect((await cluster.run(zombie)).status).toBe('completed');
  });
});

describe('a process that was paused past its lease', () => {
  it('while it wrote finds its seq used, and stops', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waitsDeaf(), answers()] });
    const storage = new DelayedStorage(cluster.memory);
    const [zombie, second] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    const { sagaId } = await zombie.start();
    await cluster.advance(0);
    storage.hold('append', 'call');
    gate.open();
    await cluster.advance(0);
    expect(storage.waitingCalls).toEqual(['append']);
    zombie.pause();
    await cluster.resolve(second.outcome(sagaId), pastTheLeaseMs);
    const before = await cluster.load(sagaId);
    storage.letPass('append');
    zombie.resume();
    await cluster.advance(pastTheLeaseMs);
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(zombie.listener.typesOf(sagaId)).toEqual(['started', 'step', 'stopped']);
    expect(zombie.listener.ofType('stopped')).toMatchObject([{ reason: 'fenced' }]);
    expect(second.listener.typesOf(sagaId)).toEqual(['claimed', 'step', 'step', 'completed']);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge', 'act ship']);
  });

  it('while it read the result of a write publishes what it wrote, and nothing that another worker wrote after it', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waitsDeaf()] }, { act: [emits('shipped')] });
    const storage = new FaultyStorage(cluster.memory);
    const [zombie, second] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    const { sagaId } = await zombie.start();
    await cluster.advance(0);
    storage.inject({ method: 'append', outcome: 'unknown', times: 1 });
    gate.open();
    await cluster.advance(0);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve', 'act-completed charge']);
    zombie.pause();
    await cluster.resolve(second.outcome(sagaId), pastTheLeaseMs);
    zombie.resume();
    await cluster.advance(pastTheLeaseMs);
    expect(zombie.listener.typesOf(sagaId)).toEqual(['started', 'step', 'step', 'stopped']);
    expect(zombie.listener.emitted(sagaId)).toEqual([]);
    expect(second.listener.typesOf(sagaId)).toEqual(['claimed', 'step', 'emitted', 'completed']);
    expect(second.listener.emitted(sagaId)).toEqual(['shipped']);
  });

  it('while it waited for the answer of a write that was stored starts no further step, though no timer has fired yet', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ act: [gate.waitsDeaf()] }, { act: [answers()] });
    const storage = new DelayedStorage(cluster.memory);
    const zombie = await cluster.startProcess({ storage });
    const { sagaId } = await zombie.start();
    await cluster.advance(0);
    storage.hold('append');
    gate.open();
    await cluster.advance(0);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve', 'act-completed charge']);
    cluster.clock.stall(pastTheLeaseMs);
    storage.letPass('append');
    await cluster.advance(0);
    expect(saga.calls).toEqual(['act reserve', 'act charge']);
    expect(zombie.listener.ofType('stopped')).toMatchObject([{ reason: 'lease-lost' }]);
  });

  it('between two attempts starts no further attempt', async () => {
    const { saga, cluster } = order({
      act: [throws(new Error('busy')), answers()],
      retry: { maximumAttempts: 2, initialIntervalMs: 10_000, jitter: 0 },
    });
    const [zombie, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await zombie.start();
    await cluster.advance(1_000);
    zombie.pause();
    await cluster.resolve(second.outcome(sagaId), pastTheLeaseMs);
    const before = await cluster.load(sagaId);
    zombie.resume();
    await cluster.advance(pastTheLeaseMs);
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge #2', 'act ship']);
  });

  it('while it undid a step undoes no other one', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order(
      { compensate: [gate.waitsDeaf(), answers()] },
      { act: [throws(new Error('no trucks'))] },
    );
    const [zombie, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await zombie.start();
    await cluster.advance(0);
    zombie.pause();
    await cluster.resolve(second.outcome(sagaId), pastTheLeaseMs);
    const before = await cluster.load(sagaId);
    gate.open();
    zombie.resume();
    await cluster.advance(pastTheLeaseMs);
    expect(await cluster.load(sagaId)).toEqual(before);
    expect(saga.calls.slice(3)).toEqual(['compensate charge', 'compensate charge', 'compensate reserve']);
  });
});

describe('a handler that was not there yet when its process was paused past its lease', () => {
  /** The code that runs before a handler waits here until the test resumes it. */
  function turnstile() {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const pass = async <Value>(next: () => Value | Promise<Value>): Promise<Value> => {
      await opened;
      return next();
    };
    return { open, pass };
  }
  type Turnstile = ReturnType<typeof turnstile>;

  const behindProvider = (step: ScriptedStep, { pass }: Turnstile): DeclaredSaga => {
    const handler = (): Promise<SagaStepHandler<unknown>> => pass(() => step);
    return { name: 'order', steps: [{ id: 'charge', handler }] };
  };
  const behindBreaker = (step: ScriptedStep, { pass }: Turnstile): DeclaredSaga => {
    const circuitBreaker: CircuitBreaker = { execute: (_step, call) => pass(call), isOpen: () => false };
    return scriptedSaga('order', [fallback(step, new ScriptedStep('invoice'), { circuitBreaker })]);
  };
  const behindInterceptor = (step: ScriptedStep): DeclaredSaga => scriptedSaga('order', [step]);

  it.each([
    ['provider', behindProvider],
    ['circuit breaker', behindBreaker],
    ['interceptor', behindInterceptor],
  ])('does not start when its %s lets it through, though no timer has fired yet', async (name, declare) => {
    const step = new ScriptedStep('charge');
    const gate = turnstile();
    const interceptor: StepInterceptor = { intercept: (_attempt, call) => gate.pass(call) };
    const cluster = new SimulatedCluster([declare(step, gate)]);
    const zombie = await cluster.startProcess(name === 'interceptor' ? { interceptor } : {});
    await zombie.start();
    await cluster.advance(0);
    cluster.clock.stall(pastTheLeaseMs);
    gate.open();
    await cluster.advance(0);
    expect(step.calls).toEqual([]);
    expect(zombie.listener.ofType('stopped')).toMatchObject([{ reason: 'lease-lost' }]);
  });

  it('does not start to undo a step either', async () => {
    const step = new ScriptedStep('charge');
    const gate = turnstile();
    let resolved = 0;
    const handler = () => (resolved++ === 0 ? step : gate.pass(() => step));
    const ship = new ScriptedStep('ship', { act: [throws(new Error('no trucks'))] });
    const saga: DeclaredSaga = { name: 'order', steps: [{ id: 'charge', handler }, ship] };
    const cluster = new SimulatedCluster([saga]);
    const zombie = await cluster.startProcess();
    await zombie.start();
    await cluster.advance(0);
    cluster.clock.stall(pastTheLeaseMs);
    gate.open();
    await cluster.advance(0);
    expect(step.compensateCalls).toEqual([]);
    expect(zombie.listener.ofType('stopped')).toMatchObject([{ reason: 'lease-lost' }]);
  });
});

describe('a process that cannot renew its lease', () => {
  it('stops itself before the lease is over: its step is aborted before another process claims the saga', async () => {
    const gate = new StepGate();
    const toldAt: number[] = [];
    const startedAt: number[] = [];
    const { step, cluster } = order({
      act: [
        (context, run) => {
          run.signal.addEventListener('abort', () => toldAt.push(cluster.clock.monotonicNow()));
          return gate.waits()(context, run);
        },
        answers(),
      ],
    });
    step.onCall(() => startedAt.push(cluster.clock.monotonicNow()));
    const storage = new FaultyStorage(cluster.memory);
    const [cut, second] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    const { sagaId } = await cut.start();
    await cluster.advance(0);
    storage.inject({ outcome: 'not-written' });
    const outcome = await cluster.resolve(second.outcome(sagaId), pastTheLeaseMs);
    expect(outcome.status).toBe('completed');
    expect(gate.abortReasons).toMatchObject([{ reason: 'lease-lost' }]);
    expect(toldAt[0]).toBeLessThanOrEqual(25_000);
    expect(startedAt[1]).toBeGreaterThanOrEqual(30_000);
    expect(cut.listener.ofWorkerType('renewal-failed').length).toBeGreaterThan(2);
    expect(cut.listener.ofWorkerType('lease-lost')).toHaveLength(1);
  });

  it('keeps its sagas through a short trouble', async () => {
    const gate = new StepGate();
    const { step, cluster } = order({ act: [gate.waits()] });
    const storage = new FaultyStorage(cluster.memory);
    const [troubled] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    const started = await troubled.start();
    await cluster.advance(0);
    const end = storage.inject({ method: 'renewWorker', outcome: 'not-written' });
    await cluster.advance(20_000);
    end();
    await cluster.advance(pastTheLeaseMs);
    expect(step.calls).toHaveLength(1);
    gate.open();
    expect((await cluster.resolve(troubled.outcome(started))).status).toBe('completed');
  });

  it('claims the same saga again itself, while its work for it under the lost lease still hangs', async () => {
    const gate = new StepGate();
    const { step, cluster } = order({ act: [answers(), gate.waits()] });
    const faulty = new FaultyStorage(cluster.memory);
    const storage = new DelayedStorage(faulty);
    const process = await cluster.startProcess({ storage });
    await cluster.advance(0);
    storage.hold('append', 'call');
    const { sagaId } = await process.start();
    await cluster.advance(0);
    storage.letOnePass('append');
    await cluster.advance(0);
    const back = faulty.inject({ method: 'renewWorker', outcome: 'not-written' });
    await cluster.advance(27_000);
    expect(process.listener.ofWorkerType('lease-lost')).toHaveLength(1);
    back();
    await cluster.advance(pastTheLeaseMs);
    expect(step.calls).toHaveLength(2);
    storage.letPass('append');
    await cluster.advance(pastTheLeaseMs);
    expect(step.calls).toHaveLength(2);
    expect(process.engine.worker.running.size).toBe(1);
    gate.open();
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('completed');
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'act-completed charge',
      'act-completed ship',
    ]);
  });

  it('stops at once if its row is gone', async () => {
    const gate = new StepGate();
    const { cluster } = order({ act: [gate.waits(), answers()] });
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const [lease] = process.listener.ofWorkerType('lease-acquired');
    await cluster.memory.removeWorker(lease?.worker ?? '');
    await cluster.advance(10_000);
    expect(gate.abortReasons).toMatchObject([{ reason: 'lease-lost' }]);
    expect((await cluster.resolve(process.outcome(sagaId), pastTheLeaseMs)).status).toBe('completed');
  });
});

describe('an act that takes longer than the lease', () => {
  it('is never taken away while its worker lives', async () => {
    const gate = new StepGate();
    const { step, cluster } = order({ act: [gate.waits()] });
    const lease = { leaseDurationMs: 5_000, renewalIntervalMs: 1_500, safetyMarginMs: 1_000 };
    const [owner, other] = [await cluster.startProcess({ lease }), await cluster.startProcess({ lease })];
    const started = await owner.start();
    await cluster.advance(40_000);
    expect(step.calls).toHaveLength(1);
    expect(other.listener.ofType('claimed')).toEqual([]);
    gate.open();
    expect((await cluster.resolve(owner.outcome(started))).status).toBe('completed');
  });
});
