import { scenarios } from '@nest-saga/demo-services';
import { sendRaw } from './support/raw-request.js';
import { useOrders } from './support/start-orders.js';

describe('cancelling an order over HTTP', () => {
  const orders = useOrders();

  it('interrupts the shipment it waits for and undoes all three steps', async () => {
    const sagaId = await orders.client.placeInBackground({ destination: scenarios.slowDestination });
    await orders.client.untilCalled(sagaId, 'shipping');

    const { status } = await orders.client.cancel(sagaId, { reason: 'changed my mind' });

    expect(status).toBe(202);
    const order = await orders.client.untilStatus(sagaId, 'failed');
    expect(order.failure).toMatchObject({ reason: 'cancelled', message: 'changed my mind' });
    expect(await orders.client.ledger(sagaId)).toMatchObject([
      { service: 'inventory', undo: { description: 'released' } },
      { service: 'payment', undo: { description: 'refunded' } },
      { service: 'shipping', undo: { description: 'called back' } },
    ]);
  });

  it('answers the client that waits for the order with 409', async () => {
    const placed = orders.client.place(
      { destination: scenarios.slowDestination },
      { 'idempotency-key': 'waiting' },
    );
    const { body } = await orders.client.place(
      { destination: scenarios.slowDestination },
      { 'idempotency-key': 'waiting', prefer: 'respond-async' },
    );
    await orders.client.cancel(body.sagaId);

    const answer = await placed;

    expect(answer.status).toBe(409);
    expect(answer.body.failure).toMatchObject({ reason: 'cancelled' });
  });

  it('is refused with 409 once the order is complete, and undoes nothing', async () => {
    const { body: placed } = await orders.client.place();

    const { status, body } = await orders.client.cancel(placed.sagaId);

    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
      message: expect.stringContaining('completed'),
    });
    expect((await orders.client.ledger(placed.sagaId)).every(({ undo }) => undo === undefined)).toBe(true);
  });

  it('of an unknown order is a 404', async () => {
    expect((await orders.client.cancel('00000000-0000-4000-8000-000000000000')).status).toBe(404);
  });

  it.each([
    ['a text', 'text/plain', 'changed my mind'],
    ['a form', 'application/x-www-form-urlencoded', 'reason=changed+my+mind'],
    ['JSON that does not say so', undefined, '{"reason":"changed my mind"}'],
  ])('is refused with 415 where the body is %s, and asks for JSON', async (_what, type, body) => {
    const sagaId = await orders.client.placeInBackground({ destination: scenarios.slowDestination });

    const { status, text } = await sendRaw(orders.client.url, {
      method: 'POST',
      path: `/orders/${sagaId}/cancel`,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      body,
    });

    expect(status).toBe(415);
    expect(text).toContain('application/json');
    expect((await orders.client.find(sagaId)).body.history.map(({ kind }) => kind)).not.toContain(
      'cancel-requested',
    );
  });

  it('needs no body', async () => {
    const sagaId = await orders.client.placeInBackground({ destination: scenarios.slowDestination });

    const { status } = await orders.client.send('POST', `/orders/${sagaId}/cancel`);

    expect(status).toBe(202);
    const { failure } = await orders.client.untilStatus(sagaId, 'failed');
    expect(failure?.message).toBe('The customer asked for it.');
  });

  it('names a reason that is not a text', async () => {
    const { status, body } = await orders.client.cancel('00000000-0000-4000-8000-000000000000', {
      reason: 7,
    });

    expect(status).toBe(400);
    expect(JSON.stringify(body.message)).toContain('reason');
  });
});
