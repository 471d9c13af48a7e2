import { answers, scriptedSaga, ScriptedStep } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

const ada = { actor: 'ada', note: 'returned' };

describe('the reversal of a saga in PostgreSQL', () => {
  let cluster: EngineCluster;

  beforeEach(async () => {
    cluster = await EngineCluster.create();
  });
  afterEach(() => cluster.close());

  it('is one, if two processes ask at once, and another process ends it if its own dies', async () => {
    const hangs = (): Promise<never> => new Promise(() => undefined);
    const charge = new ScriptedStep('charge', { act: [answers('c-1')], compensate: [hangs, answers()] });
    const sagas = [scriptedSaga('order', [new ScriptedStep('reserve', { act: [answers('r-1')] }), charge])];
    const process = await cluster.startProcess(sagas);
    const idle = await cluster.startProcess(sagas, { recovery: { enabled: false } });
    const { sagaId } = await process.start();
    expect((await process.outcome(sagaId)).status).toBe('completed');
    const original = await cluster.load(sagaId);

    const asked = [process, idle].map(({ engine }) => engine.reversals.reverse(sagaId, ada));
    const [one, two] = await Promise.all(asked);
    expect(one?.sagaId).toBe(two?.sagaId);
    const reversalId = one?.sagaId ?? '';
    await until('the first compensation', () => Promise.resolve(charge.compensateCalls.length > 0));
    await cluster.crash(process);
    const last = await cluster.startProcess(sagas);

    expect(await last.outcome(reversalId)).toMatchObject({
      status: 'failed',
      failure: { reason: 'reversed', message: 'reversed by ada: returned' },
    });
    expect(charge.compensateCalls.map(({ response, idempotencyKey }) => [response, idempotencyKey])).toEqual([
      ['c-1', `${sagaId}:charge:compensate`],
      ['c-1', `${sagaId}:charge:compensate`],
    ]);
    expect(await cluster.load(sagaId)).toEqual(original);
    expect((await cluster.load(reversalId)).header).toMatchObject({
      reverses: sagaId,
      key: `reverse:${sagaId}`,
    });
  });

  it('is stored beside other starts in one statement', async () => {
    const sagas = [scriptedSaga('order', [new ScriptedStep('reserve')])];
    const process = await cluster.startProcess(sagas);
    const done = await Promise.all(Array.from({ length: 20 }, () => process.start()));
    await Promise.all(done.map(({ sagaId }) => process.outcome(sagaId)));
    const mixed = await Promise.all(
      done.flatMap(({ sagaId }) => [process.engine.reversals.reverse(sagaId, ada), process.start()]),
    );
    const outcomes = await Promise.all(mixed.map(({ sagaId }) => process.outcome(sagaId)));
    expect(outcomes.map(({ status }) => status)).toEqual(done.flatMap(() => ['failed', 'completed']));
  });
});
