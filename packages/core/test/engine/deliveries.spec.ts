import type { EmittedEventReference, EventHandlers } from '@nest-saga/core/engine';
import { delay } from '@nest-saga/core';
import { emits, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';

interface OpenCall {
  readonly event: EmittedEventReference;
  readonly handler: string;
  end(): void;
  fail(error: unknown): void;
}

/** Handlers whose calls stay open until the test ends them. */
class HeldHandlers implements EventHandlers {
  readonly calls: string[] = [];
  readonly open: OpenCall[] = [];
  most = 0;

  constructor(private readonly names: readonly string[] = ['mail']) {}

  handlersOf(event: EmittedEventReference) {
    return this.names.map((name) => ({ name, handle: () => this.begin(event, name) }));
  }

  /** Ends every open call. */
  endAll(): void {
    for (const call of this.open.splice(0)) call.end();
  }

  private begin(event: EmittedEventReference, handler: string): Promise<void> {
    this.calls.push(`${handler} ${String(event.event)}`);
    return new Promise((resolve, reject) => {
      this.open.push({ event, handler, end: resolve, fail: reject });
      this.most = Math.max(this.most, this.open.length);
    });
  }
}

/** Handlers that call these functions. */
const handlersOf = (handlers: Readonly<Record<string, (event: unknown) => unknown>>): EventHandlers => ({
  handlersOf: ({ event }) =>
    Object.entries(handlers).map(([name, handle]) => ({ name, handle: () => handle(event) })),
});

const retry = { maximumAttempts: 3, initialIntervalMs: 100, backoffCoefficient: 1, jitter: 0 };

/** Three steps that each emit their name, as do their compensations. */
function order(last: ScriptedStepOptions = {}) {
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve', { act: [emits('reserved')], compensate: [emits('put back')] }),
    new ScriptedStep('charge', { act: [emits('charged')], compensate: [emits('refunded')] }),
    new ScriptedStep('ship', { act: [emits('shipped')], ...last }),
  ]);
  return { saga, cluster: new SimulatedCluster([saga]) };
}

describe('the events of a step', () => {
  it('are handled before the next step begins, and before the saga ends', async () => {
    const { saga, cluster } = order();
    const handlers = new HeldHandlers();
    const process = await cluster.startProcess({ eventHandlers: handlers });
    const { sagaId } = await process.start();
    const began: (readonly string[])[] = [];
    for (const _step of ['reserve', 'charge', 'ship']) {
      await cluster.advance(1_000);
      began.push([...saga.calls]);
      handlers.endAll();
    }
    expect(began).toEqual([
      ['act reserve'],
      ['act reserve', 'act charge'],
      ['act reserve', 'act charge', 'act ship'],
    ]);
    expect((await cluster.memory.find(sagaId))?.status).toBe('running');
    await cluster.advance(0);
    expect((await cluster.memory.find(sagaId))?.status).toBe('completed');
    expect(handlers.calls).toEqual(['mail reserved', 'mail charged', 'mail shipped']);
  });

  it.each([
    ['first', 'reserved', ['act reserve']],
    ['middle', 'charged', ['act reserve', 'act charge']],
    ['last', 'shipped', ['act reserve', 'act charge', 'act ship']],
  ])(
    'are delivered again after a crash in a handler of the %s step, before which no later act began',
    async (_which, event, acts) => {
      const { saga, cluster } = order();
      const handlers = new HeldHandlers();
      const first = await cluster.startProcess({ eventHandlers: handlers });
      const { sagaId } = await first.start();
      await cluster.advance(0);
      while (handlers.open[0]?.event.event !== event) {
        handlers.endAll();
        await cluster.advance(0);
      }
      first.kill();
      const others = new HeldHandlers();
      const second = await cluster.startProcess({ eventHandlers: others });
      await cluster.advance(60_000);
      expect(others.calls.at(0)).toBe(`mail ${event}`);
      expect(saga.calls).toEqual(acts);
      const outcome = second.outcome(sagaId);
      for (let turn = 0; turn < 4; turn++) {
        others.endAll();
        await cluster.advance(100);
      }
      expect((await cluster.resolve(outcome)).status).toBe('completed');
      expect(saga.calls).toEqual(['act reserve', 'act charge', 'act ship']);
    },
  );

  it.each(['refunded', 'put back'])(
    'are delivered again after a crash in a handler of an undo, before which no further undo began: %s',
    async (event) => {
      const { saga, cluster } = order({ act: [throws(new Error('no carrier'))] });
      const first = await cluster.startProcess({ eventHandlers: handlersOf({ mail: held(event) }) });
      const { sagaId } = await first.start();
      await cluster.advance(0);
      const before = [...saga.calls];
      first.kill();
      const told: unknown[] = [];
      const second = await cluster.startProcess({
        eventHandlers: handlersOf({ mail: (one) => told.push(one) }),
      });
      const outcome = await cluster.resolve(second.outcome(sagaId));
      expect(outcome.status).toBe('failed');
      expect(told.at(0)).toBe(event);
      expect(before.at(-1)).toBe(event === 'refunded' ? 'compensate charge' : 'compensate reserve');
      expect(saga.calls).toEqual([...new Set(saga.calls)]);
    },
  );

  it('are handled in order, an event by all handlers before the next', async () => {
    const step = new ScriptedStep('reserve', { act: [emits('one', 'two')] });
    const cluster = new SimulatedCluster([scriptedSaga('order', [step])]);
    const handlers = new HeldHandlers(['mail', 'stock']);
    const process = await cluster.startProcess({ eventHandlers: handlers });
    await process.start();
    await cluster.advance(0);
    handlers.open.shift()?.end();
    await cluster.advance(0);
    expect(handlers.calls).toEqual(['mail one', 'stock one']);
    handlers.endAll();
    await cluster.advance(0);
    expect(handlers.calls).toEqual(['mail one', 'stock one', 'mail two', 'stock two']);
  });

  it('cost nothing without a handler', async () => {
    const { cluster } = order();
    const [without, withNone] = [
      await cluster.startProcess(),
      await cluster.startProcess({ eventHandlers: handlersOf({}) }),
    ];
    const sagas = [await cluster.run(without), await cluster.run(withNone)];
    const [one, other] = await Promise.all(sagas.map(({ sagaId }) => cluster.journalOf(sagaId)));
    expect(other).toEqual(one);
  });
});

describe('a handler that fails', () => {
  it('is called again alone, and the saga waits for it', async () => {
    const { saga, cluster } = order();
    const calls: string[] = [];
    let failures = 2;
    const eventHandlers = handlersOf({
      stock: (event) => calls.push(`stock ${String(event)}`),
      mail: async (event) => {
        calls.push(`mail ${String(event)}`);
        if (event === 'reserved' && failures-- > 0) throw new Error('no server');
      },
    });
    const process = await cluster.startProcess({ eventHandlers, events: { retry } });
    const { sagaId } = await process.start();
    await cluster.advance(150);
    expect(saga.calls).toEqual(['act reserve']);
    await cluster.resolve(process.outcome(sagaId));
    expect(calls.slice(0, 4)).toEqual(['stock reserved', 'mail reserved', 'mail reserved', 'mail reserved']);
    expect(await cluster.journalOf(sagaId)).not.toContain('delivery-failed 1 to mail');
  });

  it('is given up after its last attempt: the journal says so, and the saga continues', async () => {
    const { cluster } = order();
    let calls = 0;
    const mail = async (event: unknown) => {
      if (event !== 'charged') return;
      calls += 1;
      throw Object.assign(new Error('no server'), { code: 'ECONNREFUSED' });
    };
    const eventHandlers = handlersOf({ mail, stock: () => undefined });
    const process = await cluster.startProcess({ eventHandlers, events: { retry } });
    const { sagaId, status } = await cluster.run(process);
    expect(status).toBe('completed');
    expect(calls).toBe(3);
    const { entries } = await cluster.load(sagaId);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'act-completed',
      'act-completed',
      'delivery-failed',
      'act-completed',
      'settled',
    ]);
    const error = { name: 'Error', message: 'no server', code: 'ECONNREFUSED' };
    expect(entries[2]).toMatchObject({ emittedSeq: 2, index: 0, handler: 'mail', error });
    expect(process.listener.ofType('delivery-failed')).toMatchObject([
      { sagaId, seq: 2, index: 0, handler: 'mail', error },
    ]);
  });

  it('is given up after its time if it hangs, however often it may be called', async () => {
    const { cluster } = order();
    const hanging = handlersOf({ mail: () => new Promise(() => undefined) });
    const process = await cluster.startProcess({
      eventHandlers: hanging,
      events: { timeoutMs: 1_000, retry: { ...retry, maximumAttempts: 1 } },
    });
    const started = await process.start();
    const outcome = process.outcome(started);
    await cluster.advance(2_900);
    expect((await cluster.memory.find(started.sagaId))?.status).toBe('running');
    await cluster.advance(200);
    expect((await outcome).status).toBe('completed');
  });

  it('is not called again by the next owner once the journal says that it was given up', async () => {
    const { cluster } = order();
    const failing = handlersOf({ mail: () => Promise.reject(new Error('no server')) });
    const events = { retry: { ...retry, maximumAttempts: 1 } };
    const held = new ScriptedStep('charge', { act: [() => new Promise(() => undefined)] });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve', { act: [emits('reserved')] }), held]);
    const first = await cluster.startProcess({ sagas: [saga], eventHandlers: failing, events });
    const { sagaId } = await first.start();
    await cluster.advance(0);
    expect(await cluster.journalOf(sagaId)).toContain('delivery-failed 1 to mail');
    first.kill();
    const told: unknown[] = [];
    await cluster.startProcess({
      sagas: [saga],
      eventHandlers: handlersOf({ mail: () => told.push('mail'), stock: () => told.push('stock') }),
      events,
    });
    await cluster.advance(60_000);
    expect(told).toEqual(['stock']);
  });
});

describe('the handlers of a process', () => {
  it('run at once up to their limit, and those above it in order', async () => {
    const step = new ScriptedStep('reserve', { act: [emits('reserved')] });
    const cluster = new SimulatedCluster([scriptedSaga('order', [step])]);
    const handlers = new HeldHandlers();
    const process = await cluster.startProcess({ eventHandlers: handlers, events: { concurrency: 2 } });
    const sagas = await Promise.all(Array.from({ length: 5 }, () => process.start()));
    const outcomes = sagas.map((one) => process.outcome(one));
    await cluster.advance(0);
    expect(handlers.calls).toHaveLength(2);
    while (handlers.open.length > 0) {
      handlers.open.shift()?.end();
      await cluster.advance(0);
    }
    expect(handlers.calls).toHaveLength(5);
    expect(handlers.most).toBe(2);
    expect((await Promise.all(outcomes)).map(({ status }) => status)).toEqual(sagas.map(() => 'completed'));
  });

  it('delay no saga but their own', async () => {
    const { cluster } = order();
    const slow = handlersOf({ mail: held('reserved', 1) });
    const process = await cluster.startProcess({ eventHandlers: slow });
    await process.start();
    const quick = await cluster.run(process);
    expect(quick.status).toBe('completed');
  });

  it('may end after a shutdown has begun', async () => {
    const { saga, cluster } = order();
    const handlers = new HeldHandlers();
    const process = await cluster.startProcess({ eventHandlers: handlers, shutdownTimeoutMs: 1_000 });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const closed = process.engine.close();
    await cluster.advance(500);
    handlers.endAll();
    await cluster.resolve(closed);
    expect(saga.calls).toEqual(['act reserve']);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve', 'released for shutdown']);
  });

  it('are left by a shutdown that can wait no longer: the next owner delivers again', async () => {
    const { cluster } = order();
    const hanging = new HeldHandlers();
    const process = await cluster.startProcess({ eventHandlers: hanging, shutdownTimeoutMs: 1_000 });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    await cluster.resolve(process.engine.close());
    const told: unknown[] = [];
    const eventHandlers = handlersOf({ mail: (event) => told.push(event) });
    const second = await cluster.startProcess({ eventHandlers });
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('completed');
    expect(told).toEqual(['reserved', 'charged', 'shipped']);
  });

  it('are not called by a process whose lease ended meanwhile, and the saga does not end there without them', async () => {
    const gate = new StepGate();
    const acts: StepScript = async (context, run) => {
      await gate.waits()(context, run);
      run.emit('reserved');
    };
    const cluster = new SimulatedCluster([
      scriptedSaga('order', [new ScriptedStep('reserve', { act: [acts] })]),
    ]);
    const told: string[] = [];
    const recordAs = (process: string) =>
      handlersOf({ mail: (event) => told.push(`${process} ${String(event)}`) });
    const first = await cluster.startProcess({ eventHandlers: recordAs('first') });
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.pause();
    await cluster.advance(60_000);
    gate.open();
    await cluster.advance(0);
    first.resume();
    await cluster.advance(0);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve']);
    expect(told).toEqual([]);
    const second = await cluster.startProcess({ eventHandlers: recordAs('second') });
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('completed');
    expect(told).toEqual(['second reserved']);
  });

  it('are left at once by a process that lost its lease', async () => {
    const { cluster } = order();
    const hanging = new HeldHandlers();
    const first = await cluster.startProcess({ eventHandlers: hanging });
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.pause();
    const second = await cluster.startProcess();
    await cluster.resolve(second.outcome(sagaId));
    first.resume();
    await cluster.advance(0);
    expect(first.listener.ofType('stopped').map(({ reason }) => reason)).toEqual(['lease-lost']);
  });
});

describe('an operator', () => {
  it('has the events of an entry delivered again to all handlers, though the saga has ended, and nothing is written', async () => {
    const { cluster } = order();
    let isDown = true;
    const told: string[] = [];
    const eventHandlers = handlersOf({
      stock: (event) => told.push(`stock ${String(event)}`),
      mail: async (event) => {
        if (isDown) throw new Error('no server');
        told.push(`mail ${String(event)}`);
      },
    });
    const events = { retry: { ...retry, maximumAttempts: 1 } };
    const process = await cluster.startProcess({ eventHandlers, events });
    const { sagaId } = await cluster.run(process);
    const journal = await cluster.journalOf(sagaId);
    const { redelivery } = process.engine;
    expect(await cluster.resolve(redelivery.redeliver(sagaId, 1))).toEqual([
      { index: 0, handler: 'mail', error: { name: 'Error', message: 'no server' } },
    ]);
    isDown = false;
    told.length = 0;
    expect(await cluster.resolve(redelivery.redeliver(sagaId, 1))).toEqual([]);
    expect(told.toSorted()).toEqual(['mail reserved', 'stock reserved']);
    expect(await cluster.journalOf(sagaId)).toEqual(journal);
  });

  it('is refused for an entry without events, and for a saga that was never started', async () => {
    const { cluster } = order();
    const process = await cluster.startProcess();
    const { sagaId } = await cluster.run(process);
    const { redelivery } = process.engine;
    for (const seq of [4, 0, -1, 1.5, Number.NaN, 2 ** 40, '1' as unknown as number])
      await expect(redelivery.redeliver(sagaId, seq)).rejects.toMatchObject({ argument: 'seq' });
    const unknown = '00000000-0000-7000-8000-00000000ffff';
    await expect(redelivery.redeliver(unknown, 1)).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
  });
});

/** Never ends the handling of that event, up to a number of times. */
function held(event: unknown, times = Number.POSITIVE_INFINITY): (event: unknown) => unknown {
  let left = times;
  return (one) => (one === event && left-- > 0 ? new Promise(() => undefined) : undefined);
}

describe('a wait right after a step whose events are handled in this process', () => {
  it('begins after they are handled, by an entry of its own, also if the process dies in a handler', async () => {
    const saga = scriptedSaga('order', [
      new ScriptedStep('reserve', { act: [emits('reserved')] }),
      delay('cool', 3_600_000),
      new ScriptedStep('ship'),
    ]);
    const cluster = new SimulatedCluster([saga]);
    const first = new HeldHandlers();
    const dying = await cluster.startProcess({ eventHandlers: first });
    const { sagaId } = await dying.start();
    await cluster.advance(1_000);
    expect(first.calls).toEqual(['mail reserved']);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve']);
    dying.kill();
    const second = new HeldHandlers();
    const process = await cluster.startProcess({ eventHandlers: second });
    await cluster.advance(60_000);
    expect(second.calls).toEqual(['mail reserved']);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve', 'claimed from running']);
    second.endAll();
    await cluster.advance(0);
    expect((await cluster.journalOf(sagaId)).at(-1)).toBe('parked at cool');
    expect((await cluster.load(sagaId)).header).toMatchObject({
      owner: undefined,
      waiting: { name: 'cool' },
    });
    expect((await cluster.resolve(process.outcome(sagaId), 8_000_000)).status).toBe('completed');
    expect(second.calls).toEqual(['mail reserved']);
  });
});
