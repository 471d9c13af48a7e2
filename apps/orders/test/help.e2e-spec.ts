import { scenarios } from '@nest-saga/demo-services';
import { useOrders } from './support/start-orders.js';

describe('helping a stuck order over HTTP', () => {
  const orders = useOrders();

  /** An order whose refund the gateway refuses. */
  async function placeStuck(): Promise<string> {
    const { body } = await orders.client.place({
      card: scenarios.noRefundCard,
      destination: scenarios.outageDestination,
    });
    await orders.client.untilStatus(body.sagaId, 'stuck');
    return body.sagaId;
  }

  it('continues after a refund that a person made by hand, and undoes the rest', async () => {
    const sagaId = await placeStuck();

    const { status } = await orders.client.resolve(sagaId, {
      step: 'charge-payment',
      note: 'refunded at the bank',
    });

    expect(status).toBe(202);
    const { history } = await orders.client.untilStatus(sagaId, 'failed');
    expect(history.map(({ kind, step }) => [kind, step]).slice(-3)).toEqual([
      ['step-resolved', 'charge-payment'],
      ['claimed', undefined],
      ['compensation-completed', 'reserve-inventory'],
    ]);
  });

  it('tries again what failed, and is stuck again if it fails again', async () => {
    const sagaId = await placeStuck();
    const before = (await orders.client.find(sagaId)).body.history.length;

    const { status } = await orders.client.retry(sagaId, { note: 'the gateway is up again' });

    expect(status).toBe(202);
    const { history } = await orders.client.untilStatus(sagaId, 'stuck');
    const kinds = history.slice(before).map(({ kind }) => kind);
    expect(kinds[0]).toBe('retry-requested');
  });

  it('is refused with 409 if the order is not stuck, 404 if there is none, and 400 without a note', async () => {
    const { body } = await orders.client.place({});
    const note = 'refunded';

    expect((await orders.client.retry(body.sagaId)).status).toBe(409);
    expect((await orders.client.resolve(body.sagaId, { step: 'ship-order', note })).status).toBe(409);
    expect((await orders.client.retry('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await orders.client.resolve(body.sagaId, { step: 'ship-order' })).status).toBe(400);
    expect((await orders.client.resolve(body.sagaId, { step: 'ship-order', note: '' })).status).toBe(400);
  });

  it('is refused with 409 if an undo is said to be not done, and with 400 if it is said in other words', async () => {
    const sagaId = await placeStuck();
    const word = { step: 'charge-payment', note: 'not refunded' };

    expect((await orders.client.resolve(sagaId, { ...word, outcome: 'not-done' })).status).toBe(409);
    expect((await orders.client.resolve(sagaId, { ...word, outcome: 'undone' })).status).toBe(400);
    expect((await orders.client.find(sagaId)).body.status).toBe('stuck');
  });

  it('is refused with 400 if the order does not stand at that step', async () => {
    const sagaId = await placeStuck();

    const { status } = await orders.client.resolve(sagaId, { step: 'ship-order', note: 'called back' });

    expect(status).toBe(400);
    expect((await orders.client.find(sagaId)).body.status).toBe('stuck');
  });
});
