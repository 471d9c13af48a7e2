import type { SagaStepResult } from '@nest-saga/core';
import type { SagaEnd } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import type { SimulatedProcess } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';
import { SpawnedWorker } from './spawned-worker.js';
import { workTables } from './worker-messages.js';

/** So long that nothing is ever read because of it. */
const never = 600_000;

/** Follows a saga as a stream does. */
class Watcher {
  readonly results: SagaStepResult[] = [];
  readonly errors: unknown[] = [];
  outcome: SagaEnd | undefined;

  constructor(process: SimulatedProcess, sagaId: string, afterSeq = 0) {
    process.engine.reader.follow(sagaId, afterSeq, {
      onResult: (result) => this.results.push(result),
      onEnd: (outcome) => (this.outcome = outcome),
      onError: (error) => this.errors.push(error),
    });
  }

  /** What it saw, in words. */
  get seen(): readonly string[] {
    return this.results.map(({ seq, action, step, status }) => `${seq} ${action} ${step} ${status}`);
  }
}

describe('a saga that another process runs', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  /** Says whether a process has answered another one's greeting. */
  const listenForAnswer = async (): Promise<() => boolean> => {
    const client = await cluster.database.connect();
    let isHeard = false;
    client.on('notification', ({ payload }) => {
      isHeard ||= payload === 'here';
    });
    await client.query('LISTEN nest_saga_saga');
    return () => isHeard;
  };

  it.each([
    ['with hints alone', { hints: true, watchIntervalMs: never }],
    ['with polling alone, where hints are off', { hints: false, watchIntervalMs: 100 }],
  ])('is followed from its past to its end, %s', async (title, { hints, watchIntervalMs }) => {
    const gate = new StepGate();
    const saga = scriptedSaga(hints ? 'hinted' : 'polled', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { act: [gate.waits()] }),
      new ScriptedStep('ship', { act: [gate.waits()] }),
    ]);
    const options = { storage: { hints }, watchIntervalMs };
    const owner = await cluster.startProcess([saga], options);
    const isHeard = await listenForAnswer();
    const other = await cluster.startProcess([saga], { ...options, worker: false });
    // A process sends hints of its sagas once it has heard another process.
    if (hints) await until('the answer of the owner', isHeard);
    const { sagaId } = await owner.start();
    await until('the second act', () => gate.held === 1);

    const watcher = new Watcher(other, sagaId);
    const late = new Watcher(other, sagaId, 1);
    await until('the past', () => watcher.seen.length === 1);
    gate.open();
    await until('what happens now', () => watcher.seen.length === 2);
    await until('the third act', () => gate.held === 1);
    expect(watcher.outcome).toBeUndefined();
    gate.open();
    await until(`the end, ${title}`, () => watcher.outcome !== undefined && late.outcome !== undefined);

    expect(watcher.seen).toEqual([
      '1 act reserve completed',
      '2 act charge completed',
      '3 act ship completed',
    ]);
    expect(late.seen).toEqual(watcher.seen.slice(1));
    expect(watcher.outcome).toMatchObject({ sagaId, status: 'completed' });
    expect(watcher.errors).toEqual([]);
  });

  it('is followed through its failure and its undo, and the outcome says why', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('declined', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { act: [gate.waits()] }),
    ]);
    const owner = await cluster.startProcess([saga]);
    const other = await cluster.startProcess([saga], { worker: false });
    const { sagaId } = await owner.start();
    const watcher = new Watcher(other, sagaId);
    await until('the second act', () => gate.held === 1);
    gate.break(Object.assign(new Error('the card was declined'), { code: 'E_DECLINED' }));

    expect(await other.outcome(sagaId)).toMatchObject({
      status: 'failed',
      failure: { step: 'charge', code: 'E_DECLINED' },
    });
    await until('the end', () => watcher.outcome !== undefined);
    expect(watcher.seen).toEqual([
      '1 act reserve completed',
      '2 act charge failed',
      '3 compensate reserve completed',
    ]);
  });

  it('is followed by polling alone beside a watcher whose place the database refuses', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('beside-a-bad-one', [
      new ScriptedStep('reserve', { act: [gate.waits(), gate.waits()] }),
    ]);
    const options = { storage: { hints: false } };
    const owner = await cluster.startProcess([saga], options);
    const other = await cluster.startProcess([saga], { ...options, worker: false });
    const [bad, good] = [await owner.start(), await owner.start()];
    await until('both acts', () => gate.held === 2);
    const refused = new Watcher(other, bad.sagaId, 2 ** 31);
    const watcher = new Watcher(other, good.sagaId);
    await until('a read that was refused', () => other.listener.ofWorkerType('storage-failed').length > 0);
    gate.open();
    gate.open();

    await until('the end', () => watcher.outcome !== undefined);
    expect(watcher.seen).toEqual(['1 act reserve completed']);
    expect(refused.seen).toEqual([]);
  });

  it('is watched on when its process dies and another one continues it', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('handed-over', [
      new ScriptedStep('reserve'),
      new ScriptedStep('charge', { act: [gate.waitsDeaf(), throws(new Error('declined'))] }),
    ]);
    const [first, second] = [await cluster.startProcess([saga]), await cluster.startProcess([saga])];
    const other = await cluster.startProcess([saga], { worker: false });
    const { sagaId } = await first.start();
    const watcher = new Watcher(other, sagaId);
    await until('the second act', () => gate.held === 1);
    await cluster.crash(first);

    await until('the end', () => watcher.outcome !== undefined);
    expect(watcher.seen).toEqual([
      '1 act reserve completed',
      '3 act charge failed',
      '4 compensate charge completed',
      '5 compensate reserve completed',
    ]);
    expect(second.listener.typesOf(sagaId)).toContain('claimed');
  });

  it.each([true, false])(
    'was queued by a process that runs nothing, a real one of its own (hints: %s)',
    async (hints) => {
      if (hints) await cluster.database.query(workTables);
      const saga = scriptedSaga('work', [
        new ScriptedStep('reserve'),
        new ScriptedStep('charge'),
        new ScriptedStep('ship'),
      ]);
      const queueing = await SpawnedWorker.open({ url: cluster.database.url, hints, worker: false });
      // With hints no worker sweeps in time: the hint brings the saga here.
      const running = await cluster.startProcess([saga], {
        storage: { hints },
        recovery: { intervalMs: hints ? never : 100 },
      });
      await until('the first sweep', () => running.listener.ofWorkerType('swept').length > 0);
      const sagaIds = [
        await queueing.enqueue({ charge: 'answer' }),
        await queueing.start({ charge: 'answer' }),
      ];

      for (const sagaId of sagaIds) {
        expect(await running.outcome(sagaId)).toMatchObject({ status: 'completed' });
        expect((await cluster.journalOf(sagaId))[0]).toBe('claimed from pending');
        expect(running.listener.ofType('claimed').find((event) => event.sagaId === sagaId)).toMatchObject({
          isRecovery: false,
        });
      }
      expect(await cluster.database.query('SELECT FROM call WHERE process = $1', [queueing.pid])).toEqual([]);
      expect(queueing.countOf('lease-acquired')).toBe(0);
      await queueing.kill();
      await running.engine.close();
    },
  );
});
