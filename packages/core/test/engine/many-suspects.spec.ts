import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

const count = 200;

describe('many healthy sagas that saw their owners die again and again', () => {
  it.each([2, 3, 4])(
    'are all back within seconds after %i deaths, though each of them may be the deadly one',
    async (deaths) => {
      let isMended = false;
      const hangsUntilMended = () => (isMended ? undefined : new Promise<never>(() => undefined));
      const saga = scriptedSaga('order', [new ScriptedStep('wait', { act: [hangsUntilMended] })]);
      const cluster = new SimulatedCluster([saga]);
      const options = { recovery: { concurrency: 1_000 } };
      let process = await cluster.startProcess(options);
      const started = await Promise.all(Array.from({ length: count }, () => process.start()));
      for (let death = 0; death < deaths; death++) {
        process.kill();
        process = await cluster.startProcess(options);
        // The lease of the dead process, a sweep, and the time of the suspects that are admitted late.
        if (death < deaths - 1) await cluster.advance(death === 0 ? 40_000 : 4_000_000);
      }
      isMended = true;
      const openedAt = cluster.clock.monotonicNow();
      const outcomes = started.map(({ sagaId }) => process.outcome(sagaId));
      const statuses = (await cluster.resolve(Promise.all(outcomes))).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set(['completed']));
      expect(cluster.clock.monotonicNow() - openedAt).toBeLessThan(120_000);
    },
  );
});
