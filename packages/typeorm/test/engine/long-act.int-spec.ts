import { answers, scriptedSaga, ScriptedStep, StepGate } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

const leaseDurationMs = 4_000;
const shortLease = { lease: { leaseDurationMs, renewalIntervalMs: 400, safetyMarginMs: 400 } };

describe('an act that takes three times as long as the lease', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  /** Until when the row of a worker says that it lives, in milliseconds; undefined once it is gone. */
  const livesUntil = async (worker: string | undefined): Promise<number | undefined> => {
    const [row] = await cluster.database.query(
      'SELECT (extract(epoch FROM expires_at) * 1000)::float AS at FROM saga.saga_worker WHERE id = $1',
      [worker],
    );
    return row?.['at'] as number | undefined;
  };

  it('is never taken away while its worker lives, and is once it does not', async () => {
    const gate = new StepGate();
    const charge = new ScriptedStep('charge', { act: [gate.waits(), gate.waits(), answers()] });
    const saga = scriptedSaga('long', [charge, new ScriptedStep('ship')]);
    const [owner, other] = [
      await cluster.startProcess([saga], shortLease),
      await cluster.startProcess([saga], shortLease),
    ];
    const [kept, lost] = [await owner.start(), await owner.start()];
    await until('two acts under way', () => gate.held === 2);
    const { worker } = owner.engine.worker.lease;
    const begin = (await livesUntil(worker)) ?? 0;
    const sweeps = other.listener.ofWorkerType('swept').length;

    await until('three leases', async () => ((await livesUntil(worker)) ?? 0) > begin + 3 * leaseDurationMs);

    // The other one looked for work all the time, and found none.
    expect(other.listener.ofWorkerType('swept').length - sweeps).toBeGreaterThan(16);
    expect(await cluster.journalOf(kept.sagaId)).toEqual([]);
    expect(owner.listener.ofWorkerType('lease-lost')).toEqual([]);
    expect((await cluster.load(kept.sagaId)).header).toMatchObject({ status: 'running', owner: worker });
    expect(charge.actCalls).toHaveLength(2);
    expect(gate.abortReasons).toEqual([]);

    // Only time ends its lease.
    cluster.kill(owner);
    expect((await other.outcome(lost.sagaId)).status).toBe('completed');
    expect((await other.outcome(kept.sagaId)).status).toBe('completed');
    expect(await cluster.journalOf(kept.sagaId)).toEqual([
      'claimed from running',
      'act-completed charge',
      'act-completed ship',
    ]);
  });
});
