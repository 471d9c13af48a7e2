import { delay, sagaSignal, seconds, waitFor } from '@nest-saga/core';
import type { Clock } from '@nest-saga/core';
import type { DeclaredWait } from '@nest-saga/core/engine';
import {
  answers,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  SimulatedProcess,
} from '@nest-saga/testing';
import { wrongBy } from './wrong-clock.js';

const hourMs = 3_600_000;

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

  const longMs = 60_000;
  const waits: readonly (readonly [string, (clock: Clock) => DeclaredWait, number])[] = [
    ['a long delay', () => delay('pause', longMs), longMs],
    ['a short delay', () => delay('pause', seconds(4)), seconds(4)],
    ['a delay until a moment', (clock) => waitUntil(clock.now() + longMs), longMs],
    ['a delay of the start', () => delay('pause', 0), 0],
    [
      'a signal with a limit',
      () => waitFor('pause', [sagaSignal('paid')], { timeoutMs: longMs, onTimeout: 'continue' }),
      longMs,
    ],
  ];
  const waitUntil = (time: number) => delay('pause', () => new Date(time));

  it.each(
    waits.flatMap(([what, wait, waitMs]) =>
      [hourMs, -hourMs].map((skewMs) => [what, skewMs, wait, waitMs] as const),
    ),
  )('end %s by the clock of the storage (%p ms)', async (what, skewMs, wait, waitMs) => {
    const cluster = new SimulatedCluster([]);
    const saga = scriptedSaga('order', [wait(cluster.clock), new ScriptedStep('ship')]);
    const process = new SimulatedProcess({
      sagas: [saga],
      storage: cluster.memory,
      clock: wrongBy(skewMs, cluster.clock),
      number: 9,
    });
    await process.engine.open();
    const startMs = what === 'a delay of the start' ? longMs : 0;
    const started = await process.start({}, { delayMs: startMs });
    await cluster.advance(waitMs + startMs - 1);
    expect(saga.calls).toEqual([]);
    // Of a moment the process only knows its own time, so a sweep finds it.
    await cluster.advance(6_001);
    expect(saga.calls).toEqual(['act ship']);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
  });

  it('continue a short delay of a dead process for the rest of it, though both clocks are wrong', async () => {
    const saga = scriptedSaga('order', [delay('pause', 60_000), new ScriptedStep('ship')]);
    const cluster = new SimulatedCluster([saga]);
    const wrong = (skewMs: number, number: number) =>
      new SimulatedProcess({
        sagas: [saga],
        storage: cluster.memory,
        clock: wrongBy(skewMs, cluster.clock),
        number,
        parkAboveMs: 120_000,
      });
    const [ahead, behind] = [wrong(hourMs, 8), wrong(-hourMs, 9)];
    await ahead.engine.open();
    const { sagaId } = await ahead.start();
    await cluster.advance(1_000);
    ahead.kill();
    await behind.engine.open();
    const outcome = behind.outcome(sagaId);
    await cluster.advance(58_999);
    expect(saga.calls).toEqual([]);
    await cluster.advance(1);
    expect((await cluster.resolve(outcome, 0)).status).toBe('completed');
  });
});
