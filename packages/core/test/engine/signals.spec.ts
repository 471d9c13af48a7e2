import { minutes, SagaStorageError, sagaSignal, seconds, waitFor } from '@nest-saga/core';
import type { WaitForOptions } from '@nest-saga/core/engine';
import type { SagaSignal } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const longMs = minutes(2);

class Parcel {
  constructor(readonly number: string) {}

  label(): string {
    return `parcel ${this.number}`;
  }
}

const delivered = sagaSignal('delivered', Parcel);
const returned = sagaSignal('returned');

interface Order {
  arrived?: readonly string[];
}

/** Writes the taken signal into the context. */
const note = (context: Order, taken: { signal: string; payload: unknown }): void => {
  const payload = taken.payload instanceof Parcel ? taken.payload.label() : taken.payload;
  context.arrived = [...(context.arrived ?? []), `${taken.signal}: ${String(payload)}`];
};

function order(
  options: WaitForOptions<Order> = {},
  pay: ScriptedStepOptions = {},
  signals: readonly SagaSignal[] = [delivered, returned],
) {
  const saga = scriptedSaga(
    'order',
    [
      new ScriptedStep('pay', pay),
      waitFor<Order, readonly SagaSignal[]>('delivery', signals, { apply: note, ...options }),
      new ScriptedStep('mail'),
    ],
    { maximumRecoveryAttempts: 1 },
  );
  return { saga, cluster: new SimulatedCluster([saga]) };
}

async function waiting(options: WaitForOptions<Order> = {}) {
  const { saga, cluster } = order(options);
  const process = await cluster.startProcess({ recovery: { intervalMs: 10 * longMs } });
  const started = await process.start({}, { key: 'A-1' });
  await cluster.advance(0);
  return { saga, cluster, process, started, sagaId: started.sagaId };
}

describe('a saga that waits for a signal', () => {
  it('has no owner meanwhile, and waits for as long as it takes', async () => {
    const { cluster, process, sagaId } = await waiting();
    await cluster.advance(10 * longMs);
    expect(await cluster.memory.find(sagaId)).toMatchObject({
      status: 'running',
      owner: undefined,
      nextRunAt: undefined,
      waiting: { for: 'signal', name: 'delivery' },
    });
    expect(process.engine.worker.running.size).toBe(0);
  });

  it('continues at once in the process that takes the signal, with what came, of its class', async () => {
    const { saga, cluster, process, started, sagaId } = await waiting();
    await process.engine.requests.signal(sagaId, delivered, { number: '7' });
    await cluster.advance(0);
    const outcome = await cluster.resolve(process.outcome(started), 0);
    expect(outcome).toMatchObject({ status: 'completed', context: { arrived: ['delivered: parcel 7'] } });
    expect(saga.calls).toEqual(['act pay', 'act mail']);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed pay',
      'signal-received delivered',
      'claimed from running',
      'wait-ended delivery signal',
      'act-completed mail',
    ]);
    expect(process.listener.ofType('claimed')).toMatchObject([{ isRecovery: false }]);
  });

  it('gets it by its name and key, from a process that runs nothing, and one that does not have the saga', async () => {
    const { cluster, process, started } = await waiting();
    const other = scriptedSaga('other', [new ScriptedStep('work')]);
    const stranger = await cluster.startProcess({ sagas: [other], worker: false });
    await stranger.engine.requests.signal({ saga: 'order', key: 'A-1' }, delivered, { number: '7' });
    await cluster.advance(0);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
  });

  it('is found within a sweep by a process that got no hint', async () => {
    const { cluster, process, sagaId } = await waiting();
    process.kill();
    const runsNothing = await cluster.startProcess({ worker: false });
    await runsNothing.engine.requests.signal(sagaId, returned);
    const late = await cluster.startProcess();
    const outcome = await cluster.resolve(late.outcome(sagaId), 6_000);
    expect(outcome).toMatchObject({ status: 'completed', context: { arrived: ['returned: undefined'] } });
  });

  it('is not woken by a signal that it does not wait for, which stays untaken', async () => {
    const { cluster, process, sagaId } = await waiting();
    await process.engine.requests.signal(sagaId, sagaSignal('opened'));
    await cluster.advance(longMs);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed pay', 'signal-received opened']);
  });

  it('is undone by a cancel while it waits', async () => {
    const { saga, cluster, process, started, sagaId } = await waiting();
    await process.engine.requests.cancel(sagaId, 'the customer called');
    await cluster.advance(0);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('failed');
    expect(saga.calls).toEqual(['act pay', 'compensate pay']);
  });

  it('takes its signal once, however often its process dies on the way', async () => {
    const { cluster, process, sagaId } = await waiting();
    process.kill();
    const requests = (await cluster.startProcess({ worker: false })).engine.requests;
    await requests.signal(sagaId, delivered, { number: '7' });
    for (const kind of ['wait-ended', 'wait-ended', 'act-completed']) {
      const next = await cluster.startProcess();
      const append = cluster.memory.append.bind(cluster.memory);
      cluster.memory.append = async (request) => {
        if (request.entry.kind !== kind) return append(request);
        cluster.memory.append = append;
        next.kill();
        return new Promise(() => undefined);
      };
      await cluster.advance(60_000);
      cluster.memory.append = append;
      next.kill();
    }
    const last = await cluster.startProcess();
    const outcome = await cluster.resolve(last.outcome(sagaId), 60_000);
    expect(outcome.context).toEqual({ arrived: ['delivered: parcel 7'] });
  });
});

describe('a saga that is reminded', () => {
  it('takes an answer of the first wait in the second one too, if the step between them passes it on', async () => {
    const reminded: string[] = [];
    const passOn = new ScriptedStep('remind', {
      act: [
        async (context, run) => {
          const { arrived } = context as Order;
          if (arrived === undefined) reminded.push(run.sagaId);
          else await requests.signal(run.sagaId, returned, undefined, { dedupeId: run.idempotencyKey });
        },
      ],
    });
    const once = { timeoutMs: longMs, onTimeout: 'continue', apply: note } as const;
    const saga = scriptedSaga('survey', [
      waitFor<Order, readonly SagaSignal[]>('answer', [returned], once),
      passOn,
      waitFor<Order, readonly SagaSignal[]>('late-answer', [returned], { timeoutMs: longMs }),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const { requests } = process.engine;
    const [early, late, never] = [await process.start(), await process.start(), await process.start()];
    await requests.signal(early.sagaId, returned);
    await cluster.advance(longMs + 10);
    await requests.signal(late.sagaId, returned);
    await cluster.advance(longMs + 10);
    const ends = [];
    for (const started of [early, late, never])
      ends.push((await cluster.resolve(process.outcome(started), 0)).status);
    expect(ends).toEqual(['completed', 'completed', 'failed']);
    expect(reminded.toSorted()).toEqual([late.sagaId, never.sagaId].toSorted());
  });
});

describe('the timeout of a wait for a signal', () => {
  it('undoes the completed steps, with its own error', async () => {
    const { saga, cluster, process, started } = await waiting({ timeoutMs: longMs });
    await cluster.advance(longMs + 10);
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject({
      status: 'failed',
      failure: { reason: 'step-failed', step: 'delivery', code: 'SAGA_WAIT_TIMED_OUT' },
    });
    expect(saga.calls).toEqual(['act pay', 'compensate pay']);
  });

  it('lets the saga continue if it says so', async () => {
    const { saga, cluster, process, started } = await waiting({ timeoutMs: longMs, onTimeout: 'continue' });
    await cluster.advance(longMs + 10);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
    expect(saga.calls).toEqual(['act pay', 'act mail']);
  });

  it('has lost against a signal that was recorded before it, even if its time had passed in an outage of all workers', async () => {
    const { cluster, process, sagaId } = await waiting({ timeoutMs: longMs });
    process.kill();
    await cluster.advance(2 * longMs);
    const requests = (await cluster.startProcess({ worker: false })).engine.requests;
    await requests.signal(sagaId, delivered, { number: '7' });
    const next = await cluster.startProcess();
    expect((await cluster.resolve(next.outcome(sagaId), 10_000)).status).toBe('completed');
  });

  it('stays in memory if it is short, and a signal ends it there', async () => {
    const { cluster } = order({ timeoutMs: seconds(4) });
    const process = await cluster.startProcess();
    const [taken, timedOut] = [await process.start(), await process.start()];
    await cluster.advance(2_000);
    expect(process.engine.worker.running.size).toBe(2);
    await process.engine.requests.signal(taken.sagaId, delivered, { number: '7' });
    await cluster.advance(0);
    expect((await cluster.resolve(process.outcome(taken), 0)).status).toBe('completed');
    expect((await cluster.resolve(process.outcome(timedOut), 3_000)).status).toBe('failed');
  });

  it('may be none in a process that recovers nothing: it waits in memory, and reads signals from other processes', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess({ recovery: { enabled: false } });
    const other = await cluster.startProcess({ worker: false });
    const started = await process.start();
    await cluster.advance(longMs);
    await other.engine.requests.signal(started.sagaId, delivered, { number: '7' });
    expect((await cluster.resolve(process.outcome(started), 2_000)).status).toBe('completed');
  });

  it('and a signal at the same moment have one outcome, the one that the journal has: 10,000 times', async () => {
    const outcomes = { signal: 0, 'timed-out': 0, refused: 0 };
    for (let round = 0; round < 100; round++) {
      const { cluster } = order({ timeoutMs: 6_000 });
      const process = await cluster.startProcess();
      const refused = new Set<string>();
      const codes = new Set<string>();
      const sagas: string[] = [];
      for (let index = 0; index < 100; index++) {
        sagas.push((await process.start()).sagaId);
        if (index % 5 === 0) await cluster.advance(1);
      }
      // Each signal comes a little before or after the timeout of its saga, among other events at that time.
      await cluster.advance(6_000 - 20 - 3);
      for (let turn = 0; turn < 130; turn++) {
        const sagaId = sagas[(turn * 37 + round) % 130];
        const isLate = (turn + round) % 3 === 0;
        for (let tick = 0; tick < (turn * round) % 17; tick++) await Promise.resolve();
        if (sagaId !== undefined)
          process.engine.requests.signal(sagaId, returned).catch((error: { readonly code: string }) => {
            refused.add(sagaId);
            codes.add(error.code);
          });
        if (isLate) await cluster.advance(1);
      }
      await cluster.advance(10_000);
      for (const sagaId of sagas) {
        const { entries, header } = await cluster.load(sagaId);
        const ends = entries.filter((entry) => entry.kind === 'wait-ended');
        const [end] = ends;
        if (end === undefined || ends.length > 1) throw new Error(`${sagaId} ended ${ends.length} times`);
        const came = entries.some((entry) => entry.kind === 'signal-received' && entry.seq < end.seq);
        expect(end.outcome).toBe(came ? 'signal' : 'timed-out');
        expect(header.status).toBe(came ? 'completed' : 'failed');
        // Each signal was either taken or refused, and none was lost.
        expect(came).toBe(!refused.has(sagaId));
        outcomes[came ? 'signal' : 'timed-out']++;
      }
      expect([...codes]).toEqual(refused.size === 0 ? [] : ['SAGA_STATUS_REFUSED']);
      outcomes.refused += refused.size;
    }
    // A test with a single order of events would prove nothing.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(1_000);
  });
});

describe('signals of a saga', () => {
  it('count if they come before the saga waits for them, each name first in, first out', async () => {
    const gate = new StepGate();
    const saga = scriptedSaga('order', [
      new ScriptedStep('pay', { act: [gate.waits(), answers()] }),
      ...['first', 'second', 'third'].map((id) =>
        waitFor<Order, readonly SagaSignal[]>(id, id === 'second' ? [returned] : [delivered, returned], {
          apply: note,
        }),
      ),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(0);
    const { requests } = process.engine;
    await requests.signal(started.sagaId, delivered, { number: '1' });
    await requests.signal(started.sagaId, delivered, { number: '2' });
    await requests.signal(started.sagaId, returned);
    gate.open();
    const outcome = await cluster.resolve(process.outcome(started), 1_000);
    expect(outcome.context).toEqual({
      arrived: ['delivered: parcel 1', 'returned: undefined', 'delivered: parcel 2'],
    });
    expect(await cluster.journalOf(started.sagaId)).not.toContain('claimed from running');
  });

  it('count once for one name and one dedupe id, whether or not the first was taken', async () => {
    const { cluster, process, started, sagaId } = await waiting();
    const { requests } = process.engine;
    for (let times = 0; times < 3; times++)
      await requests.signal(sagaId, sagaSignal('opened'), undefined, { dedupeId: 'x' });
    for (let times = 0; times < 3; times++)
      await requests.signal(sagaId, delivered, { number: '7' }, { dedupeId: 'x', actor: 'courier' });
    expect((await cluster.resolve(process.outcome(started), 100)).status).toBe('completed');
    await requests.signal(sagaId, delivered, { number: '7' }, { dedupeId: 'x' });
    const journal = await cluster.journalOf(sagaId);
    expect(journal.filter((entry) => entry.startsWith('signal'))).toEqual([
      'signal-received opened',
      'signal-received delivered',
    ]);
  });

  it('are recognised if their answer was lost, without a dedupe id, too', async () => {
    const { cluster, process, sagaId } = await waiting();
    const append = cluster.memory.append.bind(cluster.memory);
    cluster.memory.append = async (request) => {
      cluster.memory.append = append;
      await append(request);
      throw new SagaStorageError('append', 'unknown');
    };
    await cluster.resolve(process.engine.requests.signal(sagaId, delivered, { number: '7' }));
    await cluster.advance(0);
    const journal = await cluster.journalOf(sagaId);
    expect(journal.filter((entry) => entry.startsWith('signal'))).toHaveLength(1);
  });

  it('are refused with a payload that does not fit, and nothing is written', async () => {
    const { cluster, process, sagaId } = await waiting();
    await expect(process.engine.requests.signal(sagaId, delivered, 'seven')).rejects.toMatchObject({
      code: 'SAGA_INVALID_ARGUMENT',
      argument: 'payload',
    });
    await expect(
      process.engine.requests.signal(sagaId, delivered, { number: (): number => 7 }),
    ).rejects.toMatchObject({ code: 'SAGA_CONTEXT_NOT_STORABLE' });
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed pay']);
  });

  it.each([
    ['has ended', {}],
    ['is undone', { act: [throws(new Error('declined'))] }],
  ])('are refused by a saga that %s, with how that went', async (_what, pay) => {
    const { cluster } = order({ timeoutMs: 1_000, onTimeout: 'continue' }, pay);
    const process = await cluster.startProcess();
    const { sagaId, status } = await cluster.run(process);
    await expect(process.engine.requests.signal(sagaId, returned)).rejects.toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
      status,
    });
  });

  it('are kept by a STUCK saga until it continues', async () => {
    const { cluster } = order({}, { act: [new StepGate().waits()] });
    const first = await cluster.startProcess();
    const { sagaId } = await first.start();
    for (let deaths = 0; deaths < 3; deaths++) {
      await cluster.advance(100);
      first.kill();
      const process = await cluster.startProcess();
      await cluster.advance(60_000);
      process.kill();
    }
    expect(await cluster.memory.find(sagaId)).toMatchObject({ status: 'stuck' });
    const last = await cluster.startProcess();
    await last.engine.requests.signal(sagaId, returned);
    await last.engine.requests.resolveStep(sagaId, 'pay', 'ada', 'paid by hand');
    const outcome = await cluster.resolve(last.outcome(sagaId), 1_000);
    expect(outcome).toMatchObject({ status: 'completed', context: { arrived: ['returned: undefined'] } });
  });

  it('are at most 1,000 that nothing has taken', async () => {
    const { process, sagaId } = await waiting();
    const opened = sagaSignal('opened');
    for (let count = 0; count < 1_000; count++) await process.engine.requests.signal(sagaId, opened);
    await expect(process.engine.requests.signal(sagaId, opened)).rejects.toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
    });
  });

  it('are refused for a saga that is not there, by id and by key', async () => {
    const { process } = await waiting();
    const { requests } = process.engine;
    await expect(requests.signal('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41', returned)).rejects.toMatchObject({
      code: 'SAGA_NOT_FOUND',
    });
    await expect(requests.signal({ saga: 'order', key: 'B-2' }, returned)).rejects.toThrow('B-2');
  });
});

describe('what a signal puts into the context', () => {
  it('may be another context that the function returns', async () => {
    const { cluster } = order({ apply: () => ({ arrived: ['another'] }) });
    const process = await cluster.startProcess();
    const started = await process.start({});
    await cluster.advance(0);
    await process.engine.requests.signal(started.sagaId, returned);
    expect((await cluster.resolve(process.outcome(started), 100)).context).toEqual({ arrived: ['another'] });
  });

  it.each([
    ['throws', (): never => JSON.parse('{') as never, 'SyntaxError'],
    ['gives a promise', (() => Promise.resolve({})) as never, 'TypeError'],
    [
      'gives what cannot be stored',
      (() => ({ arrived: [(): void => undefined] })) as never,
      'ContextNotStorableError',
    ],
  ])('fails the saga at the wait if the function %s', async (_what, apply, errorName) => {
    const { cluster } = order({ apply });
    const process = await cluster.startProcess();
    const started = await process.start({});
    await cluster.advance(0);
    await process.engine.requests.signal(started.sagaId, returned);
    expect(await cluster.resolve(process.outcome(started), 100)).toMatchObject({
      status: 'failed',
      failure: { step: 'delivery', errorName },
    });
  });
});
