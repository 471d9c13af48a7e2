import { hours } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

const hourMs = hours(1);

function order() {
  const step = new ScriptedStep('charge');
  const saga = scriptedSaga('order', [step, new ScriptedStep('ship')]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

describe('a saga that is started with a delay', () => {
  it.each(['start', 'enqueue'] as const)('by %s() is durable, PENDING, and has no owner', async (method) => {
    const { step, cluster } = order();
    const process = await cluster.startProcess();
    const { sagaId } = await process[method]({}, { delayMs: hourMs });
    await cluster.advance(hourMs - 1);
    const { header, entries } = await cluster.load(sagaId);
    expect(header).toMatchObject({
      status: 'pending',
      owner: undefined,
      waiting: { for: 'delay', name: 'start' },
      nextRunAt: new Date(cluster.clock.now() + 1),
    });
    expect(entries).toEqual([]);
    expect(step.calls).toEqual([]);
    expect(process.engine.worker.running.size).toBe(0);
  });

  it('begins when its time has come in the process that started it, without waiting for a sweep', async () => {
    const { step, cluster } = order();
    const process = await cluster.startProcess({ recovery: { intervalMs: 24 * hourMs } });
    const started = await process.start({}, { delayMs: hourMs });
    await cluster.advance(hourMs + 1);
    expect(step.calls).toHaveLength(1);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'claimed from pending',
      'act-completed charge',
      'act-completed ship',
    ]);
    expect(process.listener.ofType('claimed')).toMatchObject([{ isRecovery: false, recoveries: 0 }]);
  });

  it('begins within a sweep of another process if the one that started it is gone, or runs nothing', async () => {
    const { saga, cluster } = order();
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess({ worker: false })];
    await first.start({}, { delayMs: hourMs });
    await second.start({}, { delayMs: hourMs });
    first.kill();
    await cluster.startProcess();
    await cluster.advance(hourMs + 6_000);
    expect(saga.calls).toHaveLength(4);
  });

  it('needs no slot to be started', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess({ concurrency: 1 });
    for (let index = 0; index < 3; index++) await process.start({}, { delayMs: hourMs });
    expect(process.engine.worker.running.free).toBe(1);
  });

  it('waits as the storage has it for all who start it again: a later delay changes nothing', async () => {
    const { step, cluster } = order();
    const process = await cluster.startProcess();
    const { sagaId } = await process.start({}, { key: 'A-1', delayMs: hourMs });
    const again = await process.start({}, { key: 'A-1', delayMs: 2 * hourMs });
    const atOnce = await process.start({}, { key: 'A-1' });
    expect([again.sagaId, atOnce.sagaId]).toEqual([sagaId, sagaId]);
    await cluster.advance(hourMs - 1);
    expect(step.calls).toEqual([]);
    await cluster.advance(2);
    expect(step.calls).toHaveLength(1);
  });

  it('is FAILED by a cancel at once, requested in any process, and nothing of it ran', async () => {
    const { saga, cluster } = order();
    const [process, other] = [await cluster.startProcess(), await cluster.startProcess({ worker: false })];
    const started = await process.start({}, { delayMs: hourMs });
    await other.engine.requests.cancel(started.sagaId, 'the customer called');
    await cluster.advance(0);
    const outcome = await cluster.resolve(process.outcome(started), 0);
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(saga.calls).toEqual([]);
  });

  it('runs at once with a delay of nothing', async () => {
    const { step, cluster } = order();
    const process = await cluster.startProcess();
    const { sagaId } = await process.start({}, { delayMs: 0 });
    await cluster.advance(0);
    expect(step.calls).toHaveLength(1);
    expect((await cluster.load(sagaId)).entries.map(({ kind }) => kind)).not.toContain('claimed');
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e15, '5', null])(
    'is refused with a delay of %p',
    async (delayMs) => {
      const { cluster } = order();
      const process = await cluster.startProcess();
      await expect(process.start({}, { delayMs: delayMs as number })).rejects.toMatchObject({
        code: 'SAGA_INVALID_ARGUMENT',
        argument: 'delayMs',
      });
    },
  );
});
