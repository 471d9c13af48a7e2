import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { DynamicModule, LoggerService, Provider, Type } from '@nestjs/common';
import { CqrsModule, EventsHandler } from '@nestjs/cqrs';
import { flushPromises } from '@nest-saga/testing';
import { InMemorySagaStorage, SagaDefinitionError, SagaEvent, SystemClock } from '../src/index.js';
import { closeApps, openModules, silent } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

/** Two modules, each with an event of that name. */
const orders = { Placed: class Placed {} };
const billing = { Placed: class Placed {} };

/** The same, with different names. */
const named = { orders: class Placed {}, billing: class Placed {} };
SagaEvent('orders.placed')(named.orders);
SagaEvent('billing.placed')(named.billing);

describe('an event whose class shares its name with another', () => {
  afterEach(closeApps);

  it('is a problem at boot if both are handled, and says by what', async () => {
    const handlers = [handler('OrdersHandler', orders.Placed), handler('BillingHandler', billing.Placed)];
    const error: unknown = await open(handlers.map(({ provider }) => provider)).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof SagaDefinitionError)) throw new Error('it was accepted', { cause: error });
    expect(error.problems).toEqual([
      {
        where: 'Placed (handled by OrdersHandler) and Placed (handled by BillingHandler)',
        problem: 'both are stored as event "Placed"',
        remedy: "Give each a name that stays, for example @SagaEvent('of-orders.Placed')",
      },
    ]);
  });

  it.each(['', 7 as never])('is a problem at boot if the name that it was given is %p', async (name) => {
    const nameless = class Placed {};
    SagaEvent(name)(nameless);
    await expect(open([handler('OrdersHandler', nameless).provider])).rejects.toMatchObject({
      problems: [
        {
          where: 'Placed (handled by OrdersHandler)',
          problem: 'its events have no name under which they can be stored',
        },
      ],
    });
  });

  it('is a problem at boot if its class has no name either', async () => {
    const nameless = (() => class {})();
    await expect(open([handler('OrdersHandler', nameless).provider])).rejects.toMatchObject({
      problems: [{ where: 'a class without a name (handled by OrdersHandler)' }],
    });
  });

  it('does not reach the handler of the other one', async () => {
    const { provider, told } = handler('BillingHandler', billing.Placed);
    const { app, sagas } = await open([provider]);
    app.get(Calls, { strict: false }).onRun = (run) =>
      run.step === 'reserve' && run.emit(new orders.Placed());
    await (await sagas.start(new OrderContext('book'))).outcome();
    await flushPromises();
    expect(told).toEqual([]);
  });

  it('leads to one warning, because a recovered saga cannot distinguish it from the other one', async () => {
    const { provider } = handler('BillingHandler', billing.Placed);
    const warn = jest.fn<LoggerService['warn']>();
    const { app, sagas } = await open([provider]);
    app.useLogger({ ...silent, warn });
    app.get(Calls, { strict: false }).onRun = (run) => run.emit(new orders.Placed());
    await (await sagas.start(new OrderContext('book'))).outcome();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('an event "Placed"'), 'SagaEvents');
  });

  it('reaches its own handlers if each has a name that stays', async () => {
    const ofOrders = handler('OrdersHandler', named.orders);
    const ofBilling = handler('BillingHandler', named.billing);
    const { app, sagas } = await open([ofOrders.provider, ofBilling.provider]);
    app.get(Calls, { strict: false }).onRun = (run) => run.step === 'reserve' && run.emit(new named.orders());
    await (await sagas.start(new OrderContext('book'))).outcome();
    await flushPromises();
    expect(ofOrders.told).toEqual([expect.any(named.orders)]);
    expect(ofBilling.told).toEqual([]);
  });

  it('reaches its own handlers when a recovered saga delivers it again', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const first = await open([], { storage, shutdownTimeoutMs: 0, abortGraceMs: 0 });
    const calls = first.app.get(Calls, { strict: false });
    calls.onRun = (run) => run.step === 'reserve' && run.emit(new named.orders());
    calls.answers.set('charge:act', () => new Promise(() => undefined));
    const { sagaId } = await first.sagas.start(new OrderContext('book'));
    await flushPromises();
    await first.app.close();

    const ofOrders = handler('OrdersHandler', named.orders);
    const ofBilling = handler('BillingHandler', named.billing);
    const second = await open([ofBilling.provider, ofOrders.provider], {
      storage,
      recovery: { enabled: false },
    });
    await (await second.sagas.recover(sagaId)).outcome();
    await flushPromises();
    expect(ofOrders.told).toEqual([expect.any(named.orders)]);
    expect(ofBilling.told).toEqual([]);
  });
});

describe('the EventBus', () => {
  afterEach(closeApps);

  it('is a problem at boot if two modules have one and SagaModule sees neither', async () => {
    const { EventBus } = await import('@nestjs/cqrs');
    const withBus = (module: Type): DynamicModule => ({
      module,
      providers: [{ provide: EventBus, useValue: { publish: () => undefined, subjectOf: () => undefined } }],
    });
    class OneModule {}
    class OtherModule {}
    const error: unknown = await openModules([withBus(OneModule), withBus(OtherModule)]).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof SagaDefinitionError)) throw new Error('it was accepted', { cause: error });
    expect(error.problems).toMatchObject([
      {
        where: 'EventBus',
        problem: 'OneModule and OtherModule provide one, and SagaModule imports it from none of them',
      },
    ]);
  });
});

/** A handler of one class of events, with the events that it got. */
function handler(name: string, eventClass: Type) {
  const told: unknown[] = [];
  const { [name]: Handler } = {
    [name]: class {
      handle(event: unknown): void {
        told.push(event);
      }
    },
  };
  EventsHandler(eventClass)(Handler as Type);
  return { provider: Handler as Provider, told };
}

async function open(handlers: readonly Provider[], options: Parameters<typeof openModules>[1] = {}) {
  @Module({ imports: [CqrsModule.forRoot()], providers: [...orderProviders, ...handlers] })
  class OrdersModule {}
  const opened = await openModules([OrdersModule], options);
  return opened;
}
