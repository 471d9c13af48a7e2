import { scenarios } from '@nest-saga/demo-services';
import { useOrders } from './support/start-orders.js';

describe('the history of an order', () => {
  const orders = useOrders();

  it('says what happened, in order and without gaps', async () => {
    const { body: placed } = await orders.client.place({ card: scenarios.declinedCard });

    const { status, body } = await orders.client.find(placed.sagaId);

    expect(status).toBe(200);
    expect(body.history.map(({ seq, kind, step }) => [seq, kind, step])).toEqual([
      [1, 'act-completed', 'reserve-inventory'],
      [2, 'act-failed', 'charge-payment'],
      [3, 'compensation-completed', 'reserve-inventory'],
    ]);
    expect(body.history[1]?.error).toEqual({
      name: 'CardDeclinedError',
      code: 'CARD_DECLINED',
      message: 'The card was declined.',
    });
  });

  it('shows the order as the last step left it, and never the card', async () => {
    const { body: placed } = await orders.client.place({ card: 'card-very-secret' });

    const { body } = await orders.client.find(placed.sagaId);

    expect(body.order).toEqual({
      customer: 'Ada',
      item: 'book',
      quantity: 2,
      destination: 'Berlin',
      totalCents: 3_800,
      paidBy: expect.stringMatching(/^payment-/),
      trackingNumber: expect.stringMatching(/^parcel-/),
    });
    expect(JSON.stringify([placed, body])).not.toContain('card-very-secret');
  });

  it('of an unknown order is a 404', async () => {
    const { status, body } = await orders.client.find('00000000-0000-4000-8000-000000000000');

    expect(status).toBe(404);
    expect(body.code).toBe('SAGA_NOT_FOUND');
  });

  it('is a 400 if the id is not a UUID', async () => {
    expect((await orders.client.find('1')).status).toBe(400);
  });
});
