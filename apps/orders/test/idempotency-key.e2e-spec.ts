import { scenarios } from '@nest-saga/demo-services';
import { useOrders } from './support/start-orders.js';

describe('the Idempotency-Key of an order', () => {
  const orders = useOrders();

  it('makes one order of twenty requests that arrive at once, and each gets the same answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => orders.client.place({}, { 'idempotency-key': 'twenty' })),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const [sagaId = '', ...others] = new Set(answers.map(({ body }) => body.sagaId));
    expect(others).toEqual([]);
    expect((await orders.client.ledger(sagaId)).map(({ calls }) => calls)).toEqual([1, 1, 1]);
  });

  it('gives a repeated request the failure of the first one', async () => {
    const headers = { 'idempotency-key': 'declined' };
    const first = await orders.client.place({ card: scenarios.declinedCard }, headers);

    const second = await orders.client.place({ card: scenarios.declinedCard }, headers);

    expect(second.status).toBe(422);
    expect(second.body).toEqual(first.body);
  });

  it('is refused with 422 for another order, which is not placed', async () => {
    const headers = { 'idempotency-key': 'reused' };
    const { body: first } = await orders.client.place({}, headers);

    const { status, body } = await orders.client.place({ quantity: 3 }, headers);

    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'SAGA_CONFLICT', message: expect.stringContaining(first.sagaId) });
  });
});
