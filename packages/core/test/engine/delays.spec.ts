import { delay, minutes, seconds } from '@nest-saga/core';
import type { DelayLength } from '@nest-saga/core/engine';
import { answers, scriptedSaga, ScriptedStep, SimulatedCluster, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const longMs = minutes(2);

function order(length: DelayLength, ship: ScriptedStepOptions = {}) {
  const saga = scriptedSaga(
    'order',
    [new ScriptedStep('reserve'), delay('cool', length), new ScriptedStep('ship', ship)],
    { maximumRecoveryAttempts: 1 },
  );
  return { saga, cluster: new SimulatedCluster([saga]) };
}

describe('a delay between two steps', () => {
  it('costs no commit to begin, and holds no owner, slot or memory', async () => {
    const { saga, cluster } = order(longMs);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const { header, entries } = await cluster.load(sagaId);
    expect(header).toMatchObject({
      status: 'running',
      owner: undefined,
      waiting: { for: 'delay', name: 'cool' },
      nextRunAt: new Date(cluster.clock.now() + longMs),
    });
    expect(entries).toMatchObject([
      { kind: 'act-completed', park: { for: 'delay', name: 'cool', dueInMs: longMs } },
    ]);
    expect(process.engine.worker.running.size).toBe(0);
    expect(process.listener.ofType('stopped')).toMatchObject([{ sagaId, reason: 'parked' }]);
    await cluster.advance(longMs - 1);
    expect(saga.calls).toEqual(['act reserve']);
  });

  it('continues when its time has come in the process that parked it, with two commits of its own', async () => {
    const { cluster } = order(longMs);
    const process = await cluster.startProcess({ recovery: { intervalMs: longMs * 2 } });
    const started = await process.start();
    await cluster.advance(longMs + 1);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'wait-ended cool elapsed',
      'act-completed ship',
    ]);
    expect(process.listener.ofType('claimed')).toMatchObject([{ isRecovery: false, recoveries: 0 }]);
  });

  it('survives any number of deaths of processes around it, and none of them counts against the saga', async () => {
    const { saga, cluster } = order(longMs);
    const starter = await cluster.startProcess();
    const { sagaId } = await starter.start();
    await cluster.advance(0);
    starter.kill();
    for (let deaths = 0; deaths < 10; deaths++) {
      const process = await cluster.startProcess();
      await cluster.advance(60_000);
      process.kill();
    }
    const last = await cluster.startProcess();
    expect((await cluster.resolve(last.outcome(sagaId), 2 * longMs)).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act ship']);
  });

  it('stays over if the process that claimed it dies before it says so', async () => {
    const { saga, cluster } = order(longMs);
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess({ worker: false })];
    const { sagaId } = await first.start();
    await cluster.advance(longMs - 10);
    const append = cluster.memory.append.bind(cluster.memory);
    cluster.memory.append = async (request) => {
      if (request.entry.kind !== 'wait-ended') return append(request);
      cluster.memory.append = append;
      first.kill();
      return new Promise(() => undefined);
    };
    await cluster.advance(20);
    const third = await cluster.startProcess();
    expect((await cluster.resolve(third.outcome(sagaId), 120_000)).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act ship']);
    expect(second.listener.ofType('claimed')).toEqual([]);
  });

  it('stays in memory if it is short, and is counted on by the storage’s clock if its process dies', async () => {
    const { saga, cluster } = order(seconds(4));
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(3_000);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ waiting: undefined });
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve']);
    first.kill();
    const second = await cluster.startProcess();
    expect((await cluster.resolve(second.outcome(sagaId), 60_000)).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act ship']);
    expect(await cluster.journalOf(sagaId)).toContain('wait-ended cool elapsed');
  });

  it('stays in memory in a process that recovers nothing, because that would not claim it again', async () => {
    const { cluster } = order((): Date => new Date(cluster.clock.now() + longMs));
    const process = await cluster.startProcess({ recovery: { enabled: false } });
    const started = await process.start();
    await cluster.advance(longMs - 1);
    expect(process.engine.worker.running.size).toBe(1);
    await cluster.advance(2);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
  });

  it('ends at a moment that the context says, by the storage’s clock, whatever the clocks of the workers say', async () => {
    const { saga, cluster } = order((context: { readonly at: Date }) => context.at);
    const process = await cluster.startProcess();
    const at = new Date(cluster.clock.now() + longMs);
    const { sagaId } = await process.start({ at });
    await cluster.advance(0);
    expect(await cluster.memory.find(sagaId)).toMatchObject({ nextRunAt: at, owner: undefined });
    await cluster.advance(longMs - 1);
    expect(saga.calls).toEqual(['act reserve']);
    await cluster.advance(2);
    expect(saga.calls).toEqual(['act reserve', 'act ship']);
  });

  it.each([-longMs, 0])('is over at once if its moment is %p ms away', async (awayMs) => {
    const { cluster } = order((): Date => new Date(cluster.clock.now() + awayMs));
    const process = await cluster.startProcess();
    const started = await process.start();
    expect((await cluster.resolve(process.outcome(started), 100)).status).toBe('completed');
  });

  it.each([
    ['throws', (): number => JSON.parse('{') as number, 'SyntaxError'],
    ['gives no time', (): number => Number.NaN, 'TypeError'],
    ['gives a promise', (() => Promise.resolve(5)) as never, 'TypeError'],
    ['gives no moment', (): Date => new Date(Number.NaN), 'TypeError'],
  ] as const)(
    'fails for good if its function %s: what was done is undone',
    async (_what, length, errorName) => {
      const { saga, cluster } = order(length);
      const process = await cluster.startProcess();
      const outcome = await cluster.run(process);
      expect(outcome).toMatchObject({
        status: 'failed',
        failure: { reason: 'step-failed', step: 'cool', errorName },
      });
      expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
    },
  );

  it('is woken by a cancel at once, requested in any process, and its steps are undone', async () => {
    const { saga, cluster } = order(longMs);
    const [owner, other] = [await cluster.startProcess(), await cluster.startProcess({ worker: false })];
    const { sagaId } = await owner.start();
    await cluster.advance(1_000);
    await other.engine.requests.cancel(sagaId, 'the customer called');
    await cluster.advance(0);
    expect((await cluster.resolve(owner.outcome(sagaId), 100)).status).toBe('failed');
    expect(saga.calls).toEqual(['act reserve', 'compensate reserve']);
  });

  it('has nothing to undo: the undo of a later step goes past it', async () => {
    const { saga, cluster } = order(longMs, { act: [throws(new Error('no carrier'))] });
    const process = await cluster.startProcess();
    const started = await process.start();
    expect((await cluster.resolve(process.outcome(started), 2 * longMs)).status).toBe('failed');
    expect(saga.calls).toEqual(['act reserve', 'act ship', 'compensate reserve']);
  });

  it('parks during a shutdown: nothing is lost, and the next process continues it', async () => {
    const { cluster } = order(seconds(4));
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    await cluster.advance(1_000);
    await cluster.resolve(first.engine.close());
    const second = await cluster.startProcess();
    expect((await cluster.resolve(second.outcome(sagaId), 20_000)).status).toBe('completed');
    expect(second.listener.ofType('claimed')).toMatchObject([{ isRecovery: false }]);
  });
});

describe('delays at the ends of a saga and one after the other', () => {
  it('begin with an entry of their own if no entry leads to them, and may be the last', async () => {
    const step = new ScriptedStep('ship', { act: [answers()] });
    const saga = scriptedSaga('order', [
      delay('first', minutes(1)),
      delay('second', minutes(2)),
      step,
      delay('last', minutes(3)),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    expect(await cluster.memory.find(started.sagaId)).toMatchObject({
      waiting: { for: 'delay', name: 'first' },
    });
    await cluster.advance(minutes(3) - 1);
    expect(step.calls).toEqual([]);
    await cluster.advance(minutes(3) + 10);
    expect((await cluster.resolve(process.outcome(started), 100)).status).toBe('completed');
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'parked at first',
      'claimed from running',
      'wait-ended first elapsed',
      'claimed from running',
      'wait-ended second elapsed',
      'act-completed ship',
      'claimed from running',
      'wait-ended last elapsed',
    ]);
  });

  it('get no event twice: the events of the step before were delivered before the saga parked', async () => {
    const step = new ScriptedStep('ship', {
      act: [
        (_context, run) => {
          run.emit('shipped');
        },
      ],
    });
    const cluster = new SimulatedCluster([scriptedSaga('order', [step, delay('cool', longMs)])]);
    const process = await cluster.startProcess();
    const started = await process.start();
    expect((await cluster.resolve(process.outcome(started), 2 * longMs)).status).toBe('completed');
    expect(process.listener.emitted(started.sagaId)).toEqual(['shipped']);
  });
});
