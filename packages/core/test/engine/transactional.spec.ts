import type { DeclaredSaga, SagaStepHandler, StepRun } from '@nest-saga/core';
import { transactionHandleOf } from '@nest-saga/core/storage-kit';
import { FaultyStorage, SimulatedCluster, StepGate } from '@nest-saga/testing';

type Act = (context: { total?: number }, run: StepRun) => unknown;

/** A saga whose first step is transactional, and the calls of its handlers. */
function order(act: Act = () => undefined, given: { readonly timeoutMs?: number } = {}) {
  const calls: string[] = [];
  const handler = (id: string, run?: Act): SagaStepHandler<unknown> => ({
    act: (context, attempt) => {
      calls.push(`act ${id}`);
      return run?.(context as { total?: number }, attempt);
    },
    compensate: () => void calls.push(`compensate ${id}`),
  });
  const [reserve, mail] = [handler('reserve', act), handler('mail')];
  const saga: DeclaredSaga = {
    name: 'order',
    steps: [
      { id: 'reserve', transactional: true, handler: () => reserve, ...given },
      { id: 'mail', handler: () => mail },
    ],
  };
  return { calls, cluster: new SimulatedCluster([saga]) };
}

describe('a transactional step in memory', () => {
  it('is recorded with its context at the commit, and its handler gets what the storage gives', async () => {
    const handles: unknown[] = [];
    const { cluster } = order((context, run) => {
      handles.push(transactionHandleOf(run));
      context.total = 7;
    });
    const process = await cluster.startProcess();
    await expect(cluster.run(process)).resolves.toMatchObject({ status: 'completed', context: { total: 7 } });
    expect(handles).toEqual([expect.any(Object)]);
  });

  it('is rolled back by a cancel in the middle, and is neither recorded nor undone', async () => {
    const gate = new StepGate();
    const { calls, cluster } = order(gate.waitsDeaf());
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    expect(gate.held).toBe(1);
    await process.engine.requests.cancel(started.sagaId, 'no more');
    gate.open();
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(calls).toEqual(['act reserve']);
  });

  it('is not in doubt after the death of its process: a cancel undoes nothing', async () => {
    const gate = new StepGate();
    const { calls, cluster } = order(gate.waitsDeaf());
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    expect(gate.held).toBe(1);
    process.kill();
    const other = await cluster.startProcess({ recovery: { enabled: false } });
    await other.engine.requests.cancel(sagaId, 'no more');
    const third = await cluster.startProcess();
    const outcome = await cluster.resolve(third.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(calls).toEqual(['act reserve']);
  });

  it('is repeated if its commit fails, and known if the answer to its commit is lost', async () => {
    for (const [outcome, expected] of [
      ['not-written', ['act reserve', 'act reserve', 'act mail']],
      ['unknown', ['act reserve', 'act mail']],
    ] as const) {
      const { calls, cluster } = order();
      const storage = new FaultyStorage(cluster.memory);
      storage.inject({ method: 'transaction.commit', outcome, times: 1 });
      const process = await cluster.startProcess({ storage });
      await expect(cluster.run(process)).resolves.toMatchObject({ status: 'completed' });
      expect(calls).toEqual(expected);
    }
  });

  it('that takes too long failed, whatever its handler returns within the grace period', async () => {
    const gate = new StepGate();
    const { calls, cluster } = order(gate.waitsDeaf(), { timeoutMs: 1_000 });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_001);
    gate.open();
    const outcome = await cluster.resolve(process.outcome(started));
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { step: 'reserve', code: 'SAGA_STEP_TIMED_OUT' },
    });
    expect(calls).toEqual(['act reserve']);
    const [entry] = (await cluster.load(started.sagaId)).entries;
    expect(entry).toMatchObject({ kind: 'act-failed', outcome: 'failed', undo: false });
  });
});
