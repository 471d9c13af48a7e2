import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { hours, Saga, sagaSignal, waitFor } from '../src/index.js';
import type { StandardSchema } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, ReserveStep, ShipStep } from './order-saga.js';

/** As Zod and others give one. */
const positive: StandardSchema<{ readonly cents: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const { cents } = value as { readonly cents: number };
      return cents > 0 ? { value: { cents } } : { issues: [{ message: 'expected more', path: ['cents'] }] };
    },
  },
};

class Refusal {
  constructor(readonly reason: string) {}

  shout(): string {
    return this.reason.toUpperCase();
  }
}

const paid = sagaSignal('payment.paid', positive);
const refused = sagaSignal('payment.refused', Refusal);

@Saga(OrderContext, {
  name: 'order',
  steps: [
    ReserveStep,
    waitFor('payment', [paid, refused], {
      timeoutMs: hours(1),
      apply: (order, taken) => {
        // The name of the signal says which payload it is.
        order.reservationId =
          taken.signal === 'payment.paid' ? `paid ${taken.payload.cents}` : taken.payload.shout();
      },
    }),
    ShipStep,
  ],
})
class OrderSaga {}

describe('SagaOrchestrator.signal', () => {
  afterEach(closeApps);

  const open = () => openApp([Calls, ReserveStep, ShipStep, OrderSaga]);

  it('ends the wait of a saga, by its id or its key, and the saga has what came', async () => {
    const { sagas, app } = await open();
    const [one, two] = [
      await sagas.start(new OrderContext('book'), { key: 'A-1' }),
      await sagas.start(new OrderContext('pen')),
    ];
    await sagas.signal({ saga: 'order', key: 'A-1' }, paid, { cents: 5 }, { dedupeId: 'p-1' });
    await sagas.signal(two.sagaId, refused, new Refusal('declined'));
    expect((await one.outcome()).context).toMatchObject({ item: 'book', reservationId: 'paid 5' });
    expect((await two.outcome()).context).toMatchObject({ item: 'pen', reservationId: 'DECLINED' });
    expect(app.get(Calls).made.filter((call) => call === 'ship:act')).toHaveLength(2);
    await lastValueFrom(sagas.watch(one.sagaId));
  });

  it('refuses a payload that does not fit, as a mistake of the caller', async () => {
    const { sagas } = await open();
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await expect(sagas.signal(sagaId, paid, { cents: 0 })).rejects.toMatchObject({
      code: 'SAGA_INVALID_ARGUMENT',
      message: expect.stringContaining('cents: expected more') as unknown,
    });
    // @ts-expect-error the payload has cents
    await expect(sagas.signal(sagaId, paid, { euros: 5 })).rejects.toMatchObject({ argument: 'payload' });
    const history = await sagas.history(sagaId);
    expect(history.map(({ kind }) => kind)).not.toContain('signal-received');
  });
});
