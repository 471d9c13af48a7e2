import { createHook } from 'node:async_hooks';
import { jest } from '@jest/globals';
import { days, hours, minutes, seconds, SystemClock } from '@nest-saga/nestjs';
import { FakeClock, flushPromises } from '../src/index.js';
import type { CrashMoment } from '../src/nestjs/index.js';
import {
  breaksDown,
  closeOrderApps,
  compileOrderApp,
  declines,
  delivered,
  failsOnce,
  openOrderApp,
  ParcelContext,
  PaymentContext,
} from './order-app.js';

afterEach(closeOrderApps);

describe('the time of an application under test', () => {
  it('keeps its sagas in memory although the application names a database', async () => {
    const { start, sagas, world } = await openOrderApp();
    const { sagaId } = await start();
    await sagas.expectSaga(sagaId).completed();
    expect(world.calls).toEqual(['act reserve', 'act charge']);
  });

  it('reaches retries, whose delays have no random part', async () => {
    const { start, sagas, world } = await openOrderApp();
    world.answers.set('act charge', failsOnce());
    const { sagaId } = await start();
    await sagas.advance(999);
    expect(world.calls).toEqual(['act reserve', 'act charge']);
    await sagas.advance(1);
    await sagas.expectSaga(sagaId).completed();
  });

  it('reaches waits, and a signal ends one', async () => {
    const { start, sagas, orchestrator, world } = await openOrderApp();
    const { sagaId } = await start(new ParcelContext('book'));
    await sagas.expectSaga(sagaId).waiting('cooling-off');
    await sagas.advance(days(1));
    await sagas.expectSaga(sagaId).waiting('delivery');
    await orchestrator.signal(sagaId, delivered);
    await sagas.expectSaga(sagaId).completed();
    expect(world.calls).toEqual(['act reserve', 'act charge']);
  });

  it('reaches timeouts, after which everything is undone', async () => {
    const { start, sagas, world } = await openOrderApp();
    const { sagaId } = await start(new ParcelContext('book'));
    await sagas.advance(days(4));
    await sagas.expectSaga(sagaId).undone(['charge', 'reserve']);
    expect(world.calls.slice(2)).toEqual(['undo charge', 'undo reserve']);
  });

  it('reaches deadlines', async () => {
    const { orchestrator, sagas, world } = await openOrderApp();
    const { sagaId } = await orchestrator.start(new ParcelContext('book'), { deadlineMs: hours(2) });
    await sagas.advance(hours(2) - 1);
    expect(world.calls.slice(2)).toEqual([]);
    await sagas.advance(1);
    await sagas.expectSaga(sagaId).undone(['charge', 'reserve']);
  });

  it('resets a circuit breaker, which measures by no other clock', async () => {
    const { start, sagas, world } = await openOrderApp();
    world.answers.set('act ship', breaksDown);
    const pay = async () => sagas.expectSaga((await start(new PaymentContext('book'))).sagaId).completed();
    const first = await start(new PaymentContext('book'));
    await sagas.advance(seconds(1));
    await sagas.expectSaga(first.sagaId).completed();
    world.answers.clear();
    await sagas.advance(58_999);
    await pay();
    expect(world.calls).toEqual(['act ship', 'act invoice', 'act invoice']);
    await sagas.advance(1);
    await pay();
    expect(world.calls.at(-1)).toBe('act ship');
  });
});

it('passes although the test runner has replaced the timers of the process', async () => {
  jest.useFakeTimers();
  try {
    const { app, start, sagas, world } = await openOrderApp();
    world.answers.set('act charge', failsOnce());
    const { sagaId } = await start();
    await sagas.advance(seconds(1));
    await sagas.expectSaga(sagaId).completed();
    expect(world.calls).toEqual(['act reserve', 'act charge', 'act charge']);
    await app.close();
  } finally {
    jest.useRealTimers();
  }
});

describe('a crash of an application under test', () => {
  const moments: readonly (readonly [CrashMoment, readonly string[]])[] = [
    ['before-act', ['act reserve', 'act charge']],
    ['after-act', ['act reserve', 'act charge', 'act charge']],
    ['before-entry', ['act reserve', 'act charge', 'act charge']],
    ['after-entry', ['act reserve', 'act charge']],
  ];

  it.each(moments)('at "%s" severs the engine, and another one claims its saga', async (moment, calls) => {
    const { start, sagas, world } = await openOrderApp();
    sagas.crashAt('charge', moment);
    const { sagaId } = await start(new ParcelContext('book'));
    await sagas.advance(minutes(1));
    await sagas.expectSaga(sagaId).waiting('cooling-off');
    expect(world.calls).toEqual(calls);
  });

  it.each(['before-compensation', 'after-compensation'] as const)('at "%s" does the same', async (moment) => {
    const { start, sagas, world } = await openOrderApp();
    world.answers.set('act charge', declines);
    sagas.crashAt('reserve', moment);
    const { sagaId } = await start();
    await sagas.advance(minutes(1));
    await sagas.expectSaga(sagaId).undone(['reserve']);
    const undone = world.calls.filter((call) => call === 'undo reserve');
    expect(undone).toHaveLength(moment === 'before-compensation' ? 1 : 2);
  });

  it.each(['before-act', 'after-act', 'before-entry', 'after-entry'] as const)(
    'at "%s" of the first step comes after the answer to the start',
    async (moment) => {
      const { start, sagas, world } = await openOrderApp();
      sagas.crashAt('reserve', moment);
      const { sagaId } = await start();
      await sagas.advance(minutes(1));
      await sagas.expectSaga(sagaId).completed();
      expect(world.calls).toContain('act reserve');
    },
  );

  it('leaves the saga with the dead engine until its lease has expired', async () => {
    const { start, sagas, world } = await openOrderApp();
    sagas.crashAt('charge', 'before-act');
    const { sagaId } = await start();
    await sagas.advance(seconds(29));
    await expect(sagas.expectSaga(sagaId).completed()).rejects.toThrow('"running"');
    expect(world.calls).toEqual(['act reserve']);
    await sagas.advance(minutes(1));
    await sagas.expectSaga(sagaId).completed();
  });

  it('can come again, in the engine that claimed the saga', async () => {
    const { start, sagas, world } = await openOrderApp();
    sagas.crashAt('charge', 'after-act');
    sagas.crashAt('charge', 'after-act');
    const { sagaId } = await start();
    await sagas.advance(minutes(2));
    await sagas.expectSaga(sagaId).completed();
    expect(world.calls.filter((call) => call === 'act charge')).toHaveLength(3);
  });

  it('rejects the calls that die with the engine, and the next ones reach the new engine', async () => {
    const { start, sagas, orchestrator } = await openOrderApp();
    sagas.crashAt('charge', 'before-act');
    const handle = await start();
    const outcome = handle.outcome();
    await expect(Promise.all([outcome, sagas.advance(0)])).rejects.toThrow('has crashed');
    const other = await start();
    await sagas.expectSaga(other.sagaId).completed();
    await expect(orchestrator.find(handle.sagaId)).resolves.toMatchObject({ status: 'running' });
  });

  it('closes the circuits, which only the dead process had opened', async () => {
    const { start, sagas, world } = await openOrderApp();
    world.answers.set('act ship', breaksDown);
    await start(new PaymentContext('book'));
    await sagas.advance(0);
    sagas.crashAt('charge', 'before-act');
    await start();
    await sagas.advance(0);
    world.answers.clear();
    await start(new PaymentContext('book'));
    await sagas.advance(0);
    expect(world.calls.at(-1)).toBe('act ship');
  });

  it('is refused at a step that no saga has, before and after the application is initialized', async () => {
    const { app, sagas } = await compileOrderApp();
    sagas.crashAt('chrage', 'after-act');
    await expect(app.init()).rejects.toThrow('"chrage", but the steps are: reserve, charge, ship, invoice');
    const opened = await openOrderApp();
    expect(() => opened.sagas.crashAt('chrage', 'after-act')).toThrow('"chrage"');
  });
});

describe('an expectation of a saga', () => {
  it('shows the difference and the journal', async () => {
    const { start, sagas } = await openOrderApp();
    const { sagaId } = await start();
    await expect(sagas.expectSaga(sagaId).undone(['reserve'])).rejects.toMatchObject({
      name: 'AssertionError',
      actual: { status: 'completed', undone: [] },
      expected: { status: 'failed', undone: ['reserve'] },
      message: expect.stringContaining('  2. act-completed charge'),
    });
  });

  it('names the step at which a saga is stuck', async () => {
    const { start, sagas, world } = await openOrderApp();
    world.answers.set('act charge', declines);
    world.answers.set('undo reserve', declines);
    const { sagaId } = await start();
    await sagas.advance(hours(1));
    await sagas.expectSaga(sagaId).stuck('reserve');
    await sagas.expectSaga(sagaId).stuck();
    await expect(sagas.expectSaga(sagaId).stuck('charge')).rejects.toThrow('"step":"reserve"');
  });

  it('needs an application that is initialized', async () => {
    const { sagas } = await compileOrderApp();
    expect(() => sagas.expectSaga('01890a5d-ac96-774b-bcce-b302099a8057')).toThrow('await module.init()');
  });
});

describe('an application under test that is closed', () => {
  it('leaves no timer, although an engine crashed and a step hangs', async () => {
    const timers = new TimerCount();
    timers.start();
    const { app, start, sagas, world } = await openOrderApp();
    sagas.crashAt('charge', 'after-act');
    await start(new ParcelContext('book'));
    await sagas.advance(minutes(1));
    world.answers.set('act charge', () => new Promise(() => undefined));
    const hanging = await start();
    await sagas.advance(0);
    const outcome = hanging.outcome();
    await expect(Promise.all([outcome, app.close()])).rejects.toMatchObject({ code: 'SAGA_SHUTTING_DOWN' });
    await app.close();
    expect(app.get<FakeClock>(SystemClock)).toBeInstanceOf(FakeClock);
    expect(app.get<FakeClock>(SystemClock).pendingTimers).toBe(0);
    // Node reports the end of a timer a few turns of the event loop later.
    for (let turn = 0; turn < 100 && timers.size > 0; turn++) await flushPromises();
    expect(timers.size).toBe(0);
    timers.stop();
  });
});

/** Counts the timers of this process that are set, those included that do not keep it alive. */
class TimerCount {
  private readonly set = new Set<number>();
  private readonly hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout') this.set.add(id);
    },
    destroy: (id) => {
      this.set.delete(id);
    },
  });

  start(): void {
    this.hook.enable();
  }

  get size(): number {
    return this.set.size;
  }

  stop(): void {
    this.hook.disable();
  }
}
