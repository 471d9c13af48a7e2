import { SagaStorageError } from '@nest-saga/core';
import type { AppendRequest, AppendResult } from '@nest-saga/core';
import {
  answers,
  FaultyStorage,
  InterceptedStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  throws,
} from '@nest-saga/testing';

/** A storage that finally refuses every value with a given text. */
class ChoosyStorage extends InterceptedStorage {
  refuses: (request: AppendRequest) => boolean = ({ entry }) => JSON.stringify(entry).includes('€');

  override append(request: AppendRequest): Promise<AppendResult> {
    if (!this.refuses(request)) return super.append(request);
    return Promise.reject(
      new SagaStorageError('append', 'refused', { cause: new Error('22P05: not accepted') }),
    );
  }

  protected around<Answer>(_method: unknown, call: () => Promise<Answer>): Promise<Answer> {
    return call();
  }
}

function order() {
  const reserve = new ScriptedStep('reserve');
  const charge = new ScriptedStep('charge', {
    retry: { maximumAttempts: 2, nonRetryableErrors: [TypeError] },
  });
  const saga = scriptedSaga('order', [reserve, charge]);
  const cluster = new SimulatedCluster([saga]);
  const storage = new ChoosyStorage(cluster.memory);
  return { reserve, charge, saga, cluster, storage };
}

const refused = { name: 'SagaStorageError', code: 'SAGA_STORAGE_FAILED' };

describe('an entry that the storage refuses for good', () => {
  it('of an act that returned is recorded without its value, and the act is undone: it was called once', async () => {
    const { charge, saga, cluster, storage } = order();
    charge.rescript({ act: [answers({ paid: '5 €' })] });
    const process = await cluster.startProcess({ storage });
    const started = await process.start();
    const { sagaId } = started;
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { reason: 'step-failed', step: 'charge', errorName: 'SagaStorageError' },
    });
    expect(outcome.cause).toBeInstanceOf(SagaStorageError);
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
    expect(charge.compensateCalls).toMatchObject([{ outcome: 'completed' }]);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-failed',
      outcome: 'completed',
      next: 'compensate',
      undo: true,
      error: refused,
    });
  });

  it('of an act that failed keeps its decision, and loses its words', async () => {
    const { charge, saga, cluster, storage } = order();
    charge.rescript({ act: [throws(new Error('no €')), answers()] });
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'completed' });
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge #2']);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-failed',
      outcome: 'failed',
      next: 'retry',
      error: refused,
    });
  });

  it('of a compensation that failed keeps its decision, too', async () => {
    const { reserve, charge, cluster, storage } = order();
    charge.rescript({ act: [throws(new TypeError('declined'))] });
    reserve.rescript({ compensate: [throws(new Error('no €'))] });
    const process = await cluster.startProcess({ storage });
    const outcome = await cluster.run(process);
    expect(outcome).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'compensation-exhausted', step: 'reserve' },
    });
  });

  it('of a compensation that returned says so, with the context as it was', async () => {
    const { reserve, charge, cluster, storage } = order();
    charge.rescript({ act: [throws(new TypeError('declined'))] });
    reserve.rescript({
      compensate: [
        (context) => {
          context['note'] = '€';
        },
      ],
    });
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start({ total: 1 });
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'failed' });
    expect(reserve.compensateCalls).toHaveLength(1);
    const { entries } = await cluster.load(sagaId);
    const undone = entries.find(({ kind }) => kind === 'compensation-completed');
    expect(undone).toMatchObject({ step: 'reserve' });
    expect(undone).not.toHaveProperty('context');
    await expect(cluster.resolve(process.outcome(sagaId))).resolves.toMatchObject({ context: { total: 1 } });
  });

  it('in every form makes the saga STUCK, with a reason of its own and without another call', async () => {
    const { saga, cluster, storage } = order();
    storage.refuses = ({ entry }) => 'step' in entry && entry.step === 'charge' && entry.kind !== 'stuck';
    const process = await cluster.startProcess({ storage });
    const outcome = await cluster.run(process);
    expect(outcome).toMatchObject({
      status: 'stuck',
      stuck: {
        reason: 'entry-refused',
        step: 'charge',
        message:
          'the act of the step was called, and the storage refuses to record how it ended (22P05: not accepted)',
      },
    });
    expect(saga.calls).toEqual(['act reserve', 'act charge']);
  });

  it('continues once an operator has repaired the storage and resumes it', async () => {
    const { cluster, storage } = order();
    storage.refuses = ({ entry }) => 'step' in entry && entry.step === 'charge' && entry.kind !== 'stuck';
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'stuck' });
    storage.refuses = () => false;
    await process.engine.requests.retry(sagaId, 'ada');
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'completed' });
  });

  it('leaves the act in doubt: a cancel after the storage is repaired undoes it', async () => {
    const { saga, cluster, storage } = order();
    storage.refuses = ({ entry }) => 'step' in entry && entry.step === 'charge' && entry.kind !== 'stuck';
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'stuck' });
    storage.refuses = () => false;
    await process.engine.requests.cancel(sagaId, 'the customer called');
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({ status: 'failed' });
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it.each([1, 2])(
    'is the one that was stored if an earlier try of it was, and its answer was lost (%s refused tries after it)',
    async (refusals) => {
      const { saga, cluster, storage } = order();
      let tries = 0;
      storage.refuses = ({ entry }) =>
        'step' in entry && entry.step === 'charge' && ++tries > 1 && tries <= refusals + 1;
      const faulty = new FaultyStorage(storage);
      faulty.inject({ method: 'append', outcome: 'unknown', fromCall: 2, times: 1 });
      const outcome = await cluster.run(await cluster.startProcess({ storage: faulty }));
      expect(outcome.status).toBe('completed');
      expect(saga.calls).toEqual(['act reserve', 'act charge']);
    },
  );
});
