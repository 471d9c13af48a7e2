import type { SagaStorage } from '@nest-saga/core';
import { DelayedStorage, emits, scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedSaga, StepScript } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

class OrderReserved {
  constructor(
    readonly orderId: string,
    readonly at: Date,
  ) {}
}

const reserved = new OrderReserved('A-1', new Date('2026-05-01T00:00:00.123Z'));

describe('the events of a step whose process dies between the durable entry and the delivery', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  /** A process that dies once this number of entries is durable, before it publishes the last of them. */
  const dieBehind = async (saga: ScriptedSaga, entries: number): Promise<string> => {
    const delays: DelayedStorage[] = [];
    const surround = (storage: SagaStorage): SagaStorage => {
      const delayed = new DelayedStorage(storage);
      delays.push(delayed);
      return delayed;
    };
    const process = await cluster.startProcess([saga], { surround });
    const [delayed] = delays;
    if (delayed === undefined) throw new Error('no storage was opened');
    delayed.hold('append');
    const { sagaId } = await process.start();
    for (let passed = 1; passed < entries; passed++) {
      await until('an answer that waits', () => delayed.waitingCalls.includes('append'));
      delayed.letOnePass('append');
    }
    await until('the last entry', async () => (await cluster.journalOf(sagaId)).length === entries);
    await cluster.crash(process);
    const told = process.listener.ofType('emitted').filter((event) => event.seq === entries);
    expect(told).toEqual([]);
    return sagaId;
  };
  const recover = async (saga: ScriptedSaga, sagaId: string) => {
    const process = await cluster.startProcess([saga]);
    return { process, outcome: await process.outcome(sagaId) };
  };

  it('are delivered by the worker that recovers the saga, in order, with their name, their dates and their step', async () => {
    const saga = scriptedSaga('forward', [
      new ScriptedStep('reserve', { act: [emits(reserved, 'twice')] }),
      new ScriptedStep('ship', { act: [emits({ type: 'shipped' })] }),
    ]);
    const sagaId = await dieBehind(saga, 1);
    const { process, outcome } = await recover(saga, sagaId);

    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act ship']);
    expect(process.listener.ofType('emitted')).toMatchObject([
      { sagaId, seq: 1, step: 'reserve', name: 'OrderReserved', event: { orderId: 'A-1', at: reserved.at } },
      { sagaId, seq: 1, step: 'reserve', event: 'twice' },
      { sagaId, seq: 3, step: 'ship', event: { type: 'shipped' } },
    ]);
  });

  it('is delivered behind the last step as well: the saga does not end before', async () => {
    const saga = scriptedSaga('last', [
      new ScriptedStep('reserve'),
      new ScriptedStep('ship', { act: [emits('shipped')] }),
    ]);
    const sagaId = await dieBehind(saga, 2);
    expect((await cluster.load(sagaId)).header.status).toBe('running');
    const { process, outcome } = await recover(saga, sagaId);

    expect(outcome.status).toBe('completed');
    expect(process.listener.emitted(sagaId)).toEqual(['shipped']);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'act-completed ship',
      'claimed from running',
      'settled',
    ]);
  });

  it('is delivered from a compensation too', async () => {
    const saga = scriptedSaga('undo', [
      new ScriptedStep('reserve', { compensate: [emits('put back')] }),
      new ScriptedStep('charge', { act: [throws(new Error('declined'))] }),
    ]);
    const sagaId = await dieBehind(saga, 3);
    const { process, outcome } = await recover(saga, sagaId);

    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'charge' } });
    expect(process.listener.emitted(sagaId)).toEqual(['put back']);
    expect(saga.calls.filter((call) => call === 'compensate reserve')).toHaveLength(1);
  });

  it('is delivered again where it is not known whether it was: at least once, and only what the last step emitted', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('again', [
      new ScriptedStep('reserve', { act: [emits('reserved')] }),
      new ScriptedStep('charge', { act: [emits('charged')] }),
      new ScriptedStep('ship', { act: [gate.waitsDeaf(), emits('shipped')] }),
    ]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await until('the third act', () => gate.held === 1);
    await cluster.crash(first);
    const { process } = await recover(saga, sagaId);

    expect(first.listener.emitted(sagaId)).toEqual(['reserved', 'charged']);
    expect(process.listener.emitted(sagaId)).toEqual(['charged', 'shipped']);
  });

  it('was dropped with an attempt that was not recorded, and comes once from the one that is', async () => {
    const gate = new StepGate();
    const emitsAndHangs: StepScript = (context, run) => {
      run.emit('too early');
      return gate.waitsDeaf()(context, run);
    };
    const saga = scriptedSaga('dropped', [
      new ScriptedStep('reserve', { act: [emitsAndHangs, emits('reserved')] }),
    ]);
    const first = await cluster.startProcess([saga]);
    const { sagaId } = await first.start();
    await until('the act', () => gate.held === 1);
    await cluster.crash(first);
    const { process } = await recover(saga, sagaId);

    expect(first.listener.emitted(sagaId)).toEqual([]);
    expect(process.listener.emitted(sagaId)).toEqual(['reserved']);
  });

  it('harms no saga where a listener throws, at the recovery neither', async () => {
    const saga = scriptedSaga('thrown', [
      new ScriptedStep('reserve', { act: [emits('reserved')] }),
      new ScriptedStep('ship', { act: [emits('shipped')] }),
    ]);
    const sagaId = await dieBehind(saga, 1);
    const deaf = await cluster.startProcess([saga], { recovery: { enabled: false } });
    deaf.listener.onSagaEvent = () => {
      throw new Error('a broken listener');
    };
    await deaf.engine.starter.recover(sagaId);

    expect((await deaf.outcome(sagaId)).status).toBe('completed');
  });
});
