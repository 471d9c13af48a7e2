import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService, Provider } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { CqrsModule, EventBus, EventsHandler } from '@nestjs/cqrs';
import type { IEventHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { DelayedStorage, flushPromises } from '@nest-saga/testing';
import { filter, map } from 'rxjs';
import {
  InMemorySagaStorage,
  SagaEvents,
  SagaModule,
  SagaOperator,
  SagaOrchestrator,
  SystemClock,
} from '../src/index.js';
import type { SagaModuleOptions } from '../src/index.js';
import { closeApps, openApp, silent } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

class StockReserved {
  constructor(readonly item: string) {}
}

describe('SagaEvents', () => {
  afterEach(closeApps);

  it('notifies of the events of a step, in order, only after they are durable', async () => {
    const storage = new DelayedStorage(new InMemorySagaStorage(new SystemClock()));
    const { app, sagas } = await open({ storage });
    emitFrom(app.get(Calls), 'reserve', [new StockReserved('book'), { kind: 'plain' }]);
    const seen: unknown[] = [];
    app.get(SagaEvents).events$.subscribe((event) => seen.push(event));
    storage.hold('append');
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
    await flushPromises();
    expect(seen).toEqual([]);
    storage.letPass('append');
    await outcome();
    const place = { sagaId, saga: 'order', version: 1, seq: 1, step: 'reserve' };
    expect(seen).toEqual([
      { ...place, index: 0, name: 'StockReserved', event: { item: 'book' } },
      { ...place, index: 1, event: { kind: 'plain' } },
    ]);
  });

  it('notifies of the events of a compensation, and of none of a failed attempt', async () => {
    const { app, sagas } = await open();
    const seen: unknown[] = [];
    app.get(SagaEvents).events$.subscribe(({ step, event }) => seen.push({ step, event }));
    const calls = app.get(Calls);
    calls.onRun = (run) => run.emit(`${run.step} ${run.outcome === undefined ? 'act' : 'undo'}`);
    calls.answers.set('charge:act', () => Promise.reject(new Error('declined')));
    await (await sagas.start(new OrderContext('book'))).outcome();
    expect(seen).toEqual([
      { step: 'reserve', event: 'reserve act' },
      { step: 'reserve', event: 'reserve undo' },
    ]);
  });

  it('notifies of the events of the last step again if the saga is recovered', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const first = await open({ storage, shutdownTimeoutMs: 0, abortGraceMs: 0 });
    emitFrom(first.app.get(Calls), 'reserve', [new StockReserved('book')]);
    first.app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    const { sagaId } = await first.sagas.start(new OrderContext('book'));
    await flushPromises();
    await first.app.close();
    const second = await open({ storage, recovery: { enabled: false } });
    const seen: unknown[] = [];
    second.app.get(SagaEvents).events$.subscribe(({ seq, name, event }) => seen.push({ seq, name, event }));
    await (await second.sagas.recover(sagaId)).outcome();
    expect(seen).toEqual([{ seq: 1, name: 'StockReserved', event: { item: 'book' } }]);
  });

  it('notifies of the lifecycle of each saga in order', async () => {
    const { app, sagas } = await open({ compensation: { maximumAttempts: 1 } });
    const { answers } = app.get(Calls);
    const seen: string[] = [];
    app.get(SagaEvents).lifecycle$.subscribe(({ type }) => seen.push(type));
    const run = async () => (await sagas.start(new OrderContext('book'))).outcome();
    await run();
    answers.set('ship:act', () => Promise.reject(new Error('no carrier')));
    await run();
    answers.set('charge:compensate', () => Promise.reject(new Error('no refunds')));
    await run();
    expect(seen).toEqual([
      'started',
      'completed',
      'started',
      'compensating',
      'failed',
      'started',
      'compensating',
      'stuck',
    ]);
  });

  it('notifies of the recovery of a saga', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const first = await open({ storage, shutdownTimeoutMs: 0, abortGraceMs: 0 });
    first.app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    const { sagaId } = await first.sagas.start(new OrderContext('book'));
    await flushPromises();
    // As after a crash: the saga has an owner that is gone and left no word.
    storage.release = () => Promise.resolve();
    await first.app.close();
    const seen: unknown[] = [];
    @Injectable()
    class Watcher {
      constructor(events: SagaEvents) {
        events.lifecycle$
          .pipe(filter(({ type }) => type === 'recovered'))
          .subscribe((event) => seen.push(event));
      }
    }
    const { sagas } = await openApp([...orderProviders, Watcher], { storage });
    const handle = await sagas.recover(sagaId);
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(seen).toEqual([{ type: 'recovered', sagaId, saga: 'order', version: 1, recoveries: 1 }]);
  });

  it.each<[string, () => unknown]>([
    ['throws', () => throwIt()],
    ['rejects', async () => throwIt()],
  ])(
    'is harmed by no subscriber that %s, and neither is the saga nor another subscriber',
    async (_, fail) => {
      const error = jest.fn<LoggerService['error']>();
      const { app, sagas } = await open({}, error);
      const events = app.get(SagaEvents);
      const seen: string[] = [];
      events.lifecycle$.subscribe(fail);
      events.lifecycle$.subscribe({ next: fail });
      events.lifecycle$.pipe(map(({ type }) => type)).subscribe(fail);
      events.lifecycle$.pipe(map(throwIt)).subscribe();
      events.lifecycle$.subscribe(({ type }) => seen.push(type));
      const handle = await sagas.start(new OrderContext('book'));
      expect(await handle.outcome()).toMatchObject({ status: 'completed' });
      expect(seen).toEqual(['started', 'completed']);
      await flushPromises();
      expect(error).toHaveBeenCalledTimes(7);
      expect(new Set(error.mock.calls.map(([line]) => String(line)))).toEqual(
        new Set([`A subscriber threw about order ${handle.sagaId}: Error: no pager`]),
      );
    },
  );

  it('waits for the promise of a subscriber before the saga continues, and calls it again if it fails', async () => {
    const gate = new Gate();
    const { app, sagas } = await open({ events: { retry: { initialIntervalMs: 1 } } });
    const calls: string[] = [];
    let failures = 1;
    const { events$ } = app.get(SagaEvents);
    events$.subscribe(async ({ event }) => {
      calls.push(`slow ${String(event)}`);
      await gate.opened;
    });
    const fail = async () => {
      calls.push('failing');
      if (failures-- > 0) throwIt();
    };
    events$.pipe(filter(({ step }) => step === 'reserve')).subscribe((): unknown => fail());
    const { made } = app.get(Calls);
    emitFrom(app.get(Calls), 'reserve', ['reserved']);
    const handle = await sagas.start(new OrderContext('book'));
    await until(() => calls.length === 3);
    expect(calls.toSorted()).toEqual(['failing', 'failing', 'slow reserved']);
    expect(made).toEqual(['reserve:act']);
    gate.open();
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
  });

  it('continues without a subscriber that fails each time: the log and the journal say so', async () => {
    const error = jest.fn<LoggerService['error']>();
    const { app, sagas } = await open({ events: { retry: { maximumAttempts: 1 } } }, error);
    app.get(SagaEvents).events$.subscribe(throwIt);
    emitFrom(app.get(Calls), 'reserve', ['reserved']);
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
    expect(await outcome()).toMatchObject({ status: 'completed' });
    expect(await sagas.history(sagaId)).toContainEqual(
      expect.objectContaining({
        kind: 'delivery-failed',
        emittedSeq: 1,
        index: 0,
        handler: 'subscriber 1 of events$',
        error: { name: 'Error', message: 'no pager' },
      }),
    );
    expect(error.mock.calls.map(([line]) => String(line))).toEqual([
      `order ${sagaId} continues without subscriber 1 of events$, which did not handle event 1 of entry 1: Error: no pager`,
    ]);
  });

  it('delivers the events of an entry again where an operator asks, with who asked in the log', async () => {
    const log = jest.fn<LoggerService['log']>();
    const { app, sagas } = await open({}, undefined, log);
    const seen: unknown[] = [];
    app.get(SagaEvents).events$.subscribe(({ seq, index, event }) => seen.push({ seq, index, event }));
    emitFrom(app.get(Calls), 'reserve', ['reserved']);
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
    await outcome();
    const operator = app.get(SagaOperator);
    expect(await operator.redeliver(sagaId, { seq: 1, actor: 'ada\nforged', note: 'again' })).toEqual([]);
    expect(seen).toEqual([
      { seq: 1, index: 0, event: 'reserved' },
      { seq: 1, index: 0, event: 'reserved' },
    ]);
    expect(log.mock.calls.map(([line]) => String(line))).toContain(
      `The events of entry 1 of saga ${sagaId} are delivered again by ada\\nforged: again`,
    );
  });

  it('completes when the application closes', async () => {
    const { app } = await open();
    const completed = jest.fn();
    app.get(SagaEvents).lifecycle$.subscribe({ complete: completed });
    app.get(SagaEvents).events$.subscribe({ complete: completed });
    await app.close();
    expect(completed).toHaveBeenCalledTimes(2);
  });
});

describe('the EventBus of @nestjs/cqrs', () => {
  const handled: unknown[] = [];

  @EventsHandler(StockReserved)
  class StockReservedHandler implements IEventHandler<StockReserved> {
    handle(event: StockReserved): void {
      handled.push(event);
    }
  }

  it('is given what steps emit, as instances of the classes that its handlers name', async () => {
    const app = await openCqrs();
    const published: unknown[] = [];
    app.get(EventBus).subscribe((event) => published.push(event));
    emitFrom(app.get(Calls), 'reserve', [new StockReserved('book'), { kind: 'plain' }, 'no object']);
    await (await app.get(SagaOrchestrator).start(new OrderContext('book'))).outcome();
    await flushPromises();
    expect(handled).toEqual([new StockReserved('book')]);
    expect(handled[0]).toBeInstanceOf(StockReserved);
    expect(published).toEqual([new StockReserved('book'), { kind: 'plain' }]);
    await app.close();
  });

  it('harms no saga where it throws each time, and the log says which event of which saga it did not take', async () => {
    const error = jest.fn<LoggerService['error']>();
    const app = await openCqrs({ error });
    const publish = jest.fn(throwIt);
    app.get(EventBus).publish = publish;
    emitFrom(app.get(Calls), 'reserve', [new StockReserved('book')]);
    const handle = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(publish).toHaveBeenCalledTimes(3);
    expect(error.mock.calls.map(([line]) => String(line))).toEqual([
      `order ${handle.sagaId} continues without EventBus, which did not handle event 1 of entry 1: Error: no pager`,
    ]);
    await app.close();
  });

  it('delivers to handlers whose promises the saga waits for, each again where it fails, and the bus gets the event once', async () => {
    const gate = new Gate();
    const calls: string[] = [];
    let failures = 1;
    @EventsHandler(StockReserved)
    class Slow implements IEventHandler<StockReserved> {
      async handle(event: StockReserved) {
        calls.push(`slow ${event.item}`);
        await gate.opened;
      }
    }
    @EventsHandler(StockReserved)
    class Failing implements IEventHandler<StockReserved> {
      async handle() {
        calls.push('failing');
        if (failures-- > 0) throwIt();
      }
    }
    const app = await openCqrs({ providers: [Slow, Failing] });
    const published: unknown[] = [];
    app.get(EventBus).subscribe((event) => published.push(event));
    const { made } = app.get(Calls);
    emitFrom(app.get(Calls), 'reserve', [new StockReserved('book')]);
    const handle = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    await until(() => calls.length === 3);
    expect(calls.toSorted()).toEqual(['failing', 'failing', 'slow book']);
    expect(made).toEqual(['reserve:act']);
    gate.open();
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(published).toHaveLength(1);
    await app.close();
  });

  it('passes events of the application to the handlers as before', async () => {
    const app = await openCqrs();
    const before = handled.length;
    app.get(EventBus).publish(new StockReserved('from elsewhere'));
    expect(handled.slice(before)).toEqual([new StockReserved('from elsewhere')]);
    await app.close();
  });

  it('is waited for where its publisher gives a promise', async () => {
    const gate = new Gate();
    const app = await openCqrs();
    app.get(EventBus).publisher = { publish: () => gate.opened };
    const { made } = app.get(Calls);
    emitFrom(app.get(Calls), 'reserve', [new StockReserved('book')]);
    const handle = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    await flushPromises();
    expect(made).toEqual(['reserve:act']);
    gate.open();
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    await app.close();
  });

  async function openCqrs({
    error = () => undefined,
    providers = [],
  }: { readonly error?: LoggerService['error']; readonly providers?: readonly Provider[] } = {}) {
    const storage = new InMemorySagaStorage(new SystemClock());
    const app = await Test.createTestingModule({
      imports: [
        CqrsModule.forRoot(),
        SagaModule.forRoot({ storage, events: { retry: { initialIntervalMs: 1 } } }),
      ],
      providers: [...orderProviders, StockReservedHandler, ...providers],
    })
      .setLogger({ ...silent, error })
      .compile();
    return app.init();
  }
});

function open(
  options: SagaModuleOptions = {},
  error: LoggerService['error'] = () => undefined,
  log: LoggerService['log'] = () => undefined,
) {
  const storage = new InMemorySagaStorage(new SystemClock());
  return openApp(orderProviders, { storage, ...options }, (builder) =>
    builder.setLogger({ ...silent, error, log }),
  );
}

function emitFrom(calls: Calls, step: string, events: readonly unknown[]): void {
  calls.onRun = (run) => {
    if (run.step === step) for (const event of events) run.emit(event);
  };
}

/** Something that a test lets pass. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await new Promise<void>((resolve) => setImmediate(resolve));
}

function throwIt(): never {
  throw new Error('no pager');
}
