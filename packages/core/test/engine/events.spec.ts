import {
  answers,
  DelayedStorage,
  emits,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';

const declined = new Error('the card was declined');

function order(reserve: ScriptedStepOptions, ship: ScriptedStepOptions = {}) {
  const saga = scriptedSaga('order', [new ScriptedStep('reserve', reserve), new ScriptedStep('ship', ship)]);
  return { saga, cluster: new SimulatedCluster([saga]) };
}

describe('what a step emits', () => {
  it('is delivered in order, with its saga and step', async () => {
    const { cluster } = order(
      { act: [emits({ type: 'reserved' }, 'twice')] },
      { act: [emits({ type: 'shipped' })] },
    );
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    expect(process.listener.ofType('emitted')).toMatchObject([
      { sagaId, saga: 'order', version: 1, seq: 1, step: 'reserve', event: { type: 'reserved' } },
      { seq: 1, event: 'twice' },
      { seq: 2, step: 'ship', event: { type: 'shipped' } },
    ]);
  });

  it('keeps its dates', async () => {
    const { cluster } = order({ act: [emits({ at: new Date('2026-05-01T00:00:00Z') })] });
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    expect(process.listener.emitted(sagaId)).toEqual([{ at: new Date('2026-05-01T00:00:00Z') }]);
  });

  it('is delivered only after its entry is durable', async () => {
    const { cluster } = order({ act: [emits('reserved')] });
    const storage = new DelayedStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    storage.hold('append');
    const { sagaId } = await process.start();
    await cluster.advance(100);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve']);
    expect(process.listener.emitted(sagaId)).toEqual([]);
    storage.letPass('append');
    await cluster.advance(0);
    expect(process.listener.emitted(sagaId)).toEqual(['reserved']);
  });

  it('is dropped if the attempt fails', async () => {
    const emitsAndThrows: StepScript = (_context, run) => {
      run.emit('too early');
      throw declined;
    };
    const { cluster } = order({ act: [emitsAndThrows, emits('reserved')], retry: { maximumAttempts: 2 } });
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    expect(process.listener.emitted(sagaId)).toEqual(['reserved']);
  });

  it('is delivered from a compensation too', async () => {
    const { cluster } = order({ compensate: [emits('put back')] }, { act: [throws(declined)] });
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    expect(process.listener.emitted(sagaId)).toEqual(['put back']);
  });

  it('is delivered after a crash that lost it, by the process that continues the saga', async () => {
    const { cluster } = order({ act: [emits('reserved')] });
    const storage = new DelayedStorage(cluster.memory);
    const first = await cluster.startProcess({ storage });
    storage.hold('append');
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    const second = await cluster.startProcess();
    await cluster.resolve(second.outcome(sagaId));
    expect(first.listener.emitted(sagaId)).toEqual([]);
    expect(second.listener.emitted(sagaId)).toEqual(['reserved']);
  });

  it('is delivered after a crash after the last step: the end waits for it', async () => {
    const { cluster } = order({}, { act: [emits('shipped')] });
    const storage = new DelayedStorage(cluster.memory);
    const first = await cluster.startProcess({ storage });
    const { sagaId } = await first.start();
    await cluster.resolve(first.outcome(sagaId));
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'act-completed ship',
      'settled',
    ]);

    storage.hold('append');
    const crashed = await first.start();
    await cluster.advance(0);
    storage.letOnePass('append');
    await cluster.advance(0);
    expect(await cluster.journalOf(crashed.sagaId)).toEqual(['act-completed reserve', 'act-completed ship']);
    first.kill();
    const second = await cluster.startProcess();
    expect((await cluster.resolve(second.outcome(crashed.sagaId))).status).toBe('completed');
    expect(second.listener.emitted(crashed.sagaId)).toEqual(['shipped']);
    expect(await cluster.journalOf(crashed.sagaId)).toEqual([
      'act-completed reserve',
      'act-completed ship',
      'claimed from running',
      'settled',
    ]);
  });

  it('fails the step if it cannot be stored, and undoes it: its effect is there', async () => {
    const step = new ScriptedStep('reserve', {
      act: [
        (_context, run) => {
          run.emit({ total: 1n });
          return 'r-1';
        },
      ],
      retry: { maximumAttempts: 3 },
    });
    const saga = scriptedSaga('order', [step, new ScriptedStep('ship')]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const outcome = await cluster.run(process);
    expect(outcome.failure).toMatchObject({ step: 'reserve', code: 'SAGA_CONTEXT_NOT_STORABLE' });
    expect(outcome.cause).toMatchObject({ path: 'event.total' });
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
    expect(step.compensateCalls).toMatchObject([{ outcome: 'completed', response: 'r-1' }]);
    expect(process.listener.emitted(outcome.sagaId)).toEqual([]);
  });

  it('does not stop the act if it cannot be stored: what the act was about to do is done, and known', async () => {
    const done: string[] = [];
    const emitsFirst: StepScript = (_context, run) => {
      run.emit(() => 'a function');
      run.emit('reserved');
      done.push('the effect');
    };
    const { saga, cluster } = order({ act: [emitsFirst] });
    const process = await cluster.startProcess();
    const outcome = await cluster.run(process);
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'SAGA_CONTEXT_NOT_STORABLE' } });
    expect(done).toEqual(['the effect']);
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
    expect(process.listener.emitted(outcome.sagaId)).toEqual([]);
  });

  it('is forgotten with an attempt that fails by itself, storable or not', async () => {
    const emitsAndThrows: StepScript = (_context, run) => {
      run.emit({ total: 1n });
      throw declined;
    };
    const { saga, cluster } = order({ act: [emitsAndThrows, answers()], retry: { maximumAttempts: 2 } });
    expect((await cluster.run(await cluster.startProcess())).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act reserve #2', 'act ship']);
  });

  it('fails a compensation if it cannot be stored, which is tried again by its policy', async () => {
    const { saga, cluster } = order(
      { compensate: [emits(1n), emits('put back')] },
      { act: [throws(declined)] },
    );
    const process = await cluster.startProcess();
    const { sagaId, status } = await cluster.run(process);
    expect(status).toBe('failed');
    expect(saga.calls.slice(2)).toEqual(['compensate reserve', 'compensate reserve #2']);
    expect(process.listener.emitted(sagaId)).toEqual(['put back']);
  });

  it('counts for nothing once its attempt is over', async () => {
    const late: (() => void)[] = [];
    const keeps: StepScript = (_context, run) => void late.push(() => run.emit('too late'));
    const { cluster } = order({ act: [keeps] }, { act: [() => late[0]?.(), answers()] });
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    expect(late).toHaveLength(1);
    expect(process.listener.emitted(sagaId)).toEqual([]);
  });

  it('is dropped if its attempt timed out, and is delivered once by the next one', async () => {
    const late: (() => void)[] = [];
    const hangs: StepScript = (_context, run) => {
      run.emit('too early');
      late.push(() => run.emit('too late'));
      return new Promise(() => undefined);
    };
    const emitsInTime: StepScript = (_context, run) => {
      late[0]?.();
      run.emit('in time');
    };
    const { cluster } = order({ act: [hangs, emitsInTime], timeoutMs: 1_000, retry: { maximumAttempts: 2 } });
    const process = await cluster.startProcess();
    const { sagaId, status } = await cluster.run(process);
    expect({ status, calls: late.length }).toEqual({ status: 'completed', calls: 1 });
    expect(process.listener.emitted(sagaId)).toEqual(['in time']);
  });

  it('has no effect on the saga if the listener throws', async () => {
    const { cluster } = order({ act: [emits('reserved')] });
    const process = await cluster.startProcess();
    process.listener.onSagaEvent = () => {
      throw new Error('a broken listener');
    };
    expect((await cluster.run(process)).status).toBe('completed');
  });
});

describe('the life of a saga', () => {
  it('is published from its start to its end', async () => {
    const { cluster } = order({});
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process, {}, { metadata: { traceparent: '00-1-2-01' } });
    expect(process.listener.typesOf(sagaId)).toEqual(['started', 'step', 'step', 'completed']);
    expect(process.listener.ofType('started')).toMatchObject([
      { isQueued: false, metadata: { traceparent: '00-1-2-01' } },
    ]);
  });

  it('is published from its failure to the end of its undo', async () => {
    const { cluster } = order({}, { act: [throws(declined)] });
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    expect(process.listener.typesOf(sagaId)).toEqual([
      'started',
      'step',
      'step',
      'compensating',
      'step',
      'failed',
    ]);
    expect(process.listener.ofType('failed')).toMatchObject([{ failure: { step: 'ship' } }]);
  });

  it('is published when it is stuck', async () => {
    const { cluster } = order({ compensate: [throws(declined)] }, { act: [throws(declined)] });
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    expect(process.listener.typesOf(sagaId).at(-1)).toBe('stuck');
  });

  it('is published with each attempt as the stream shows it', async () => {
    const { cluster } = order({ act: [throws(declined), answers('r-1')], retry: { maximumAttempts: 2 } });
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    const results = process.listener.ofType('step').map(({ result }) => result);
    expect(results).toMatchObject([
      { seq: 1, step: 'reserve', action: 'act', status: 'failed', attempt: 1, willRetry: true },
      { seq: 2, step: 'reserve', action: 'act', status: 'completed', attempt: 2, response: 'r-1' },
      { seq: 3, step: 'ship', willRetry: false },
    ]);
    expect(await cluster.journalOf(sagaId)).toHaveLength(results.length);
  });

  it('warns of a context that has grown large', async () => {
    const { cluster } = order({ act: [(context) => void (context['notes'] = 'x'.repeat(2_000))] });
    const process = await cluster.startProcess({ contextWarningBytes: 1_000 });
    await cluster.run(process);
    expect(process.listener.ofType('context-large').at(0)?.bytes).toBeGreaterThan(2_000);
  });
});
