import { FaultyStorage, scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

/** A process whose next start is stored, although its answer is lost. */
async function withLostAnswer() {
  const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('reserve')])]);
  const storage = new FaultyStorage(cluster.memory);
  const process = await cluster.startProcess({ storage });
  storage.inject({ method: 'start', outcome: 'unknown', happens: true, times: 1 });
  return { cluster, process };
}

describe('a start that was stored, but whose answer was lost', () => {
  it('is published as started, once', async () => {
    const { cluster, process } = await withLostAnswer();
    await cluster.run(process);
    expect(process.listener.sagaEvents.filter(({ type }) => type === 'started')).toHaveLength(1);
  });

  it.each(['start', 'enqueue'] as const)(
    'does not conflict with itself for a caller who wants a new saga: %s',
    async (method) => {
      const { cluster, process } = await withLostAnswer();
      const started = process.engine.starter[method]({}, { saga: 'order', onConflict: 'reject' });
      const outcome = await cluster.resolve(started.then((one) => process.outcome(one)));
      expect(outcome.status).toBe('completed');
    },
  );

  it('is a conflict if another saga has the key', async () => {
    const { cluster, process } = await withLostAnswer();
    const options = { saga: 'order', onConflict: 'reject', key: 'same' } as const;
    await cluster.resolve(process.engine.starter.start({}, options));
    await expect(process.engine.starter.start({}, options)).rejects.toMatchObject({
      code: 'SAGA_CONFLICT',
      conflict: 'exists',
    });
  });
});
