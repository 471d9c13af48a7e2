import { SagaStatusError, SagaStorageError } from '@nest-saga/core';
import type { AppendRequest, AppendResult } from '@nest-saga/core';
import {
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';

const reason = 'the customer called';

/** A storage in which a request from outside loses the race for its `seq` as often as a test says. */
class RacyStorage extends FaultyStorage {
  lostRaces = 0;
  barriers = 0;

  override append(request: AppendRequest): Promise<AppendResult> {
    if (request.worker !== undefined || this.lostRaces === 0) return super.append(request);
    this.lostRaces--;
    return Promise.resolve('fenced');
  }

  override async untilDurable(): Promise<void> {
    this.barriers++;
    await this.around('untilDurable', () => Promise.resolve());
  }
}

async function running(act = new StepGate().waits()) {
  const saga = scriptedSaga('order', [new ScriptedStep('charge', { act: [act] })]);
  const cluster = new SimulatedCluster([saga]);
  const storage = new RacyStorage(cluster.memory);
  const process = await cluster.startProcess({ storage });
  const started = await process.start();
  await cluster.advance(0);
  const cancel = () => process.engine.requests.cancel(started.sagaId, reason);
  return { cluster, storage, process, started, cancel };
}

describe('a request', () => {
  it.each(['not-written', 'unknown'] as const)(
    'is tried again for some seconds if its reads fail: %s',
    async (outcome) => {
      const { cluster, storage, process, started, cancel } = await running();
      storage.inject({ method: 'readOutlines', outcome, happens: false, times: 6 });
      await cluster.resolve(cancel(), 10_000);
      expect(await cluster.resolve(process.outcome(started))).toMatchObject({ status: 'failed' });
    },
  );

  it('is retried with a pause if another writer is first, time after time', async () => {
    const { cluster, storage, process, started, cancel } = await running();
    storage.lostRaces = 100;
    await cluster.resolve(cancel(), 10_000);
    expect(storage.lostRaces).toBe(0);
    expect(await cluster.resolve(process.outcome(started))).toMatchObject({ status: 'failed' });
  });

  it.each([
    ['a read', 'readOutlines', 'unknown', 'not-written', 'was tried for a while and not written; ask again'],
    ['a write', 'append', 'not-written', 'not-written', 'was tried for a while and not written; ask again'],
    ['an answer', 'append', 'unknown', 'unknown', 'it is not known whether the request was written'],
  ] as const)(
    'fails after some seconds of lost calls, and says so: %s',
    async (_, method, lost, outcome, text) => {
      const { cluster, storage, cancel } = await running();
      storage.inject({ method, outcome: lost, happens: false });
      const failed = cancel().catch((error: unknown) => error);
      expect(await cluster.resolve(failed, 20_000)).toMatchObject({
        code: 'SAGA_STORAGE_FAILED',
        operation: 'cancel',
        outcome,
        message: expect.stringContaining(text) as unknown,
        cause: { operation: method },
      });
    },
  );

  it('whose answer was lost is answered only once it is durable', async () => {
    const { cluster, storage, cancel } = await running();
    storage.inject({ method: 'append', outcome: 'unknown', times: 1 });
    const back = storage.inject({ method: 'untilDurable', outcome: 'unknown' });
    const failed = cancel().catch((error: unknown) => error);
    expect(await cluster.resolve(failed, 20_000)).toMatchObject({ operation: 'cancel', outcome: 'unknown' });
    back();
  });

  it('that repeats an earlier one is answered only once that one is durable', async () => {
    const { cluster, storage, cancel } = await running(new StepGate().waitsDeaf());
    await cancel();
    expect(storage.barriers).toBe(0);
    storage.inject({ method: 'untilDurable', outcome: 'unknown', times: 2 });
    await cluster.resolve(cancel(), 10_000);
    expect(storage.barriers).toBe(3);
  });

  it('that can never be granted is refused at once', async () => {
    const { process } = await running();
    await expect(process.engine.requests.retry(process.ids.nextId(), 'ada')).rejects.toMatchObject({
      code: 'SAGA_NOT_FOUND',
    });
  });

  it('30 cancels raced against a saga of 300 instant steps: each is taken or refused because the saga has ended', async () => {
    const steps = Array.from({ length: 300 }, (_, index) => new ScriptedStep(`step-${index}`));
    const cluster = new SimulatedCluster([scriptedSaga('long', steps)]);
    const process = await cluster.startProcess();
    for (let turn = 0; turn < 30; turn++) {
      const { sagaId } = await cluster.resolve(process.start());
      for (let wait = 0; wait < turn; wait++) await Promise.resolve();
      const answer = await cluster.resolve(
        process.engine.requests.cancel(sagaId, reason).then(
          () => 'taken',
          (error: unknown) => (error instanceof SagaStatusError ? 'ended' : error),
        ),
      );
      const { status } = await cluster.resolve(process.outcome(sagaId));
      expect([
        [turn, 'taken', 'failed'],
        [turn, 'ended', 'completed'],
      ]).toContainEqual([turn, answer, status]);
    }
  });
});

describe('an error of the storage', () => {
  it.each([
    ['load', 'not-written', 'nothing was read'],
    ['find', 'unknown', 'no answer came'],
    ['readOutlines', 'unknown', 'no answer came'],
    ['start', 'not-written', 'no saga was stored; start it again'],
    ['retry', 'unknown', 'it is not known whether the request was written'],
    ['signal', 'unknown', 'it is not known whether the request was written'],
    ['decide', 'not-written', 'the request was tried for a while and not written; ask again'],
    ['append', 'unknown', 'it is not known whether it was written; the journal is read back'],
  ] as const)('says what "%s" means when it is %s', (operation, outcome, text) => {
    expect(new SagaStorageError(operation, outcome).message).toContain(`"${operation}": ${text}`);
  });
});

describe('a start whose first answer was lost and whose further tries wrote nothing', () => {
  it('fails as unknown: it may be stored', async () => {
    const saga = scriptedSaga('order', [new ScriptedStep('ship', { act: [throws(new Error('no'))] })]);
    const cluster = new SimulatedCluster([saga]);
    const storage = new FaultyStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'start', outcome: 'unknown', times: 1 });
    storage.inject({ method: 'start', outcome: 'not-written', fromCall: 1 });
    const failed = process.start({}, { key: 'order-1' }).catch((error: unknown) => error);
    expect(await cluster.resolve(failed, 20_000)).toMatchObject({ operation: 'start', outcome: 'unknown' });
  });
});
