import type { Clock } from '@nest-saga/core';
import {
  answers,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  SimulatedProcess,
} from '@nest-saga/testing';

const hourMs = 3_600_000;

function wrongBy(skewMs: number, clock: Clock): Clock {
  return {
    now: () => clock.now() + skewMs,
    monotonicNow: () => clock.monotonicNow(),
    startTimer: (delayMs, callback) => clock.startTimer(delayMs, callback),
  };
}

describe('workers whose wall clocks are an hour apart', () => {
  it.each([
    ['ahead', hourMs],
    ['behind', -hourMs],
  ])(
    'wait for a retry no longer than it was away when a worker whose clock is %s decided it',
    async (_which, skewMs) => {
      const retry = { maximumAttempts: 2, initialIntervalMs: 60_000, jitter: 0 };
      const saga = scriptedSaga('order', [
        new ScriptedStep('first', { act: [...failing(1, new Error('down')), answers()], retry }),
      ]);
      const cluster = new SimulatedCluster([saga]);
      const { clock, memory: storage } = cluster;
      const wrong = new SimulatedProcess({
        sagas: [saga],
        storage,
        clock: wrongBy(skewMs, clock),
        number: 9,
      });
      await wrong.engine.open();
      const { sagaId } = await wrong.start();
      await cluster.advance(0);
      wrong.kill();
      const right = await cluster.startProcess();
      const outcome = right.outcome(sagaId);
      // The lease of the dead process, a sweep, and the wait.
      await cluster.advance(30_000 + 6_000 + 60_000);
      expect(saga.calls).toEqual(['act first', 'act first #2']);
      expect((await cluster.resolve(outcome, 0)).status).toBe('completed');
    },
  );
});
