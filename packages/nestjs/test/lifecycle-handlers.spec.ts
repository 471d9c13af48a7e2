import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Scope } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { FakeClock } from '@nest-saga/testing';
import {
  InMemorySagaStorage,
  OnSagaCompleted,
  OnSagaFailed,
  OnSagaStuck,
  SagaOperator,
  SystemClock,
} from '../src/index.js';
import type { SagaDelivery, SagaModuleOptions, SagaOutcome } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

const isOrder = (context: object): context is OrderContext => 'label' in context;

@Injectable()
class OrderMails {
  readonly sent: string[] = [];
  readonly outcomes: SagaOutcome<OrderContext>[] = [];
  readonly deliveries: SagaDelivery[] = [];

  @OnSagaCompleted('order', { name: 'thank-you' })
  async thank(outcome: SagaOutcome<OrderContext>, delivery: SagaDelivery) {
    this.outcomes.push(outcome);
    this.deliveries.push(delivery);
    this.sent.push(`thanks for the ${isOrder(outcome.context) ? outcome.context.label() : 'order'}`);
  }

  @OnSagaFailed('order')
  apologize({ failure, context }: SagaOutcome<OrderContext>) {
    this.sent.push(`sorry about the ${context.item}: ${failure?.message}`);
  }

  @OnSagaStuck()
  page(outcome: SagaOutcome<never>) {
    this.sent.push(`${outcome.saga} is stuck`);
  }
}

const clocked = (clock: FakeClock, options: SagaModuleOptions = {}) => ({
  ...options,
  storage: options.storage ?? new InMemorySagaStorage(clock),
});
const open = (providers: readonly Provider[], options: SagaModuleOptions, clock: FakeClock) =>
  openApp(providers, clocked(clock, options), (builder) =>
    builder.overrideProvider(SystemClock).useValue(clock),
  );

describe('a method that handles ends of sagas', () => {
  afterEach(closeApps);

  it('is called after a saga has completed, with its context as an instance of its class', async () => {
    const clock = new FakeClock();
    const { app, sagas } = await open([...orderProviders, OrderMails], {}, clock);
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await clock.advance(0);
    const mails = app.get(OrderMails);
    expect(mails.sent).toEqual(['thanks for the order of book']);
    expect(mails.outcomes[0]).toMatchObject({ sagaId, saga: 'order', status: 'completed' });
    expect(mails.deliveries).toEqual([
      {
        id: `${sagaId}:${mails.deliveries[0]?.seq}`,
        seq: expect.any(Number),
        subscriber: 'thank-you',
        attempt: 1,
      },
    ]);
  });

  it('is called for a failed saga and a stuck one', async () => {
    const clock = new FakeClock();
    const { app, sagas } = await open([...orderProviders, OrderMails], {}, clock);
    const fail = (): never => {
      throw new Error('declined');
    };
    app.get(Calls).answers.set('charge:act', fail);
    await sagas.start(new OrderContext('book'));
    await clock.advance(0);
    app.get(Calls).answers.set('reserve:compensate', fail);
    await sagas.start(new OrderContext('lamp'));
    await clock.advance(10_000);
    expect(app.get(OrderMails).sent).toEqual(['sorry about the book: declined', 'order is stuck']);
  });

  it('works in an application without sagas, which names itself in the storage', async () => {
    const clock = new FakeClock();
    const storage = new InMemorySagaStorage(clock);
    const mail = await open([OrderMails], { storage, worker: false }, clock);
    const { sagas } = await open(orderProviders, { storage }, clock);
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await clock.advance(5_000);
    const { outcomes } = mail.app.get(OrderMails);
    // It does not know the class of the context: that is a plain object here.
    expect(outcomes).toMatchObject([{ sagaId, context: { item: 'book' } }]);
    const subscribers = await mail.app.get(SagaOperator).listSubscribers();
    expect(subscribers).toMatchObject([
      { name: 'OrderMails.apologize', saga: 'order', ending: 'failed' },
      { name: 'OrderMails.page', saga: undefined, ending: 'stuck' },
      { name: 'thank-you', saga: 'order', ending: 'completed' },
    ]);
  });

  it('is refused at bootstrap with every problem: a name twice, no name, a provider for each request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Requested {
      @OnSagaStuck('order')
      page() {}
    }
    @Injectable()
    class Twice {
      @OnSagaCompleted('order')
      @OnSagaFailed('order')
      tell() {}

      @OnSagaFailed('', { name: '' })
      apologize() {}
    }
    await expect(openApp([Requested, Twice])).rejects.toMatchObject({
      problems: [
        {
          where: 'Requested.page',
          problem: '@OnSagaStuck() is on a provider that is made for each use',
        },
        { where: 'Twice.apologize', problem: '@OnSagaFailed() does not have the name of a saga' },
        { where: 'Twice.apologize', problem: '@OnSagaFailed() does not have a name that can be stored' },
        { where: 'Twice.tell', problem: 'several handlers of ends have the name "Twice.tell"' },
      ],
    });
  });
});
