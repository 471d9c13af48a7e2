import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

describe('a saga whose step kills its process each time', () => {
  it('is stuck with recovery-exhausted, and the slow ones beside it complete', async () => {
    const cluster: SimulatedCluster = new SimulatedCluster([]);
    const later = (delayMs: number, call: () => void): Promise<void> =>
      new Promise((resolve) => {
        cluster.clock.startTimer(delayMs, () => {
          call();
          resolve();
        });
      });
    let isDead = false;
    const deadly = scriptedSaga('deadly', [
      new ScriptedStep('boom', {
        act: [
          () =>
            later(1_000, () => {
              process.kill();
              isDead = true;
            }),
        ],
      }),
    ]);
    const slow = scriptedSaga('slow', [
      new ScriptedStep('work', { act: [() => later(5_000, () => undefined)] }),
    ]);
    const sagas = [deadly, slow];
    let process = await cluster.startProcess({ sagas });
    const ids = [await process.start({}, { saga: 'deadly' })];
    for (let count = 0; count < 3; count++) ids.push(await process.start({}, { saga: 'slow' }));
    for (let turn = 0; turn < 4_000; turn++) {
      await cluster.advance(100);
      if (isDead) process = await cluster.startProcess({ sagas });
      isDead = false;
    }
    const headers = await Promise.all(ids.map(async ({ sagaId }) => (await cluster.load(sagaId)).header));
    expect(headers.map(({ status }) => status)).toEqual(['stuck', 'completed', 'completed', 'completed']);
    expect(headers[0]?.stuck?.reason).toBe('recovery-exhausted');
  });
});
