import { scenarios } from '@nest-saga/demo-services';
import type { LedgerLine } from './support/orders-client.js';
import { useOrders } from './support/start-orders.js';

describe('an order over HTTP', () => {
  const orders = useOrders();

  it('that goes well is answered with 201, and every effect stands once', async () => {
    const { status, headers, body } = await orders.client.place();

    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/orders/${body.sagaId}`);
    expect(body).toMatchObject({
      status: 'completed',
      order: { customer: 'Ada', totalCents: 3_800, trackingNumber: expect.stringMatching(/^parcel-/) },
    });
    expect(await orders.client.ledger(body.sagaId)).toMatchObject([
      { service: 'inventory', calls: 1 },
      { service: 'payment', calls: 1 },
      { service: 'shipping', calls: 1 },
    ]);
    expect((await orders.client.ledger(body.sagaId)).map(isUndone)).toEqual([false, false, false]);
  });

  it('of an unknown item is answered with 422, and there is nothing to undo', async () => {
    const { status, body } = await orders.client.place({ item: scenarios.unknownItem });

    expect(status).toBe(422);
    expect(body).toMatchObject({
      status: 'failed',
      failure: { reason: 'step-failed', step: 'reserve-inventory', code: 'UNKNOWN_ITEM' },
    });
    expect(await orders.client.ledger(body.sagaId)).toEqual([]);
  });

  it('with a declined card is answered with 422, and the ledger shows the reservation released', async () => {
    const { status, body } = await orders.client.place({ card: scenarios.declinedCard });

    expect(status).toBe(422);
    expect(body).toMatchObject({
      status: 'failed',
      failure: { step: 'charge-payment', code: 'CARD_DECLINED' },
    });
    expect(await orders.client.ledger(body.sagaId)).toMatchObject([
      { service: 'inventory', undo: { description: 'released', calls: 1 } },
    ]);
  });

  it('in a shipping outage is answered with 503, and the ledger shows everything undone in reverse', async () => {
    const { status, body } = await orders.client.place({ destination: scenarios.outageDestination });

    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'failed',
      failure: { step: 'ship-order', code: 'SHIPPING_OUTAGE' },
    });
    const ledger = await orders.client.ledger(body.sagaId);
    expect(ledger).toMatchObject([
      { service: 'inventory', undo: { description: 'released', calls: 1 } },
      { service: 'payment', undo: { description: 'refunded', calls: 1 } },
    ]);
    const [released, refunded] = ledger.map(({ undo }) => Date.parse(undo?.undoneAt ?? ''));
    expect(refunded).toBeLessThan(released ?? 0);
  });

  it('whose refund is refused is answered with 409, waits for a person and leaves earlier steps in order', async () => {
    const { status, body } = await orders.client.place({
      card: scenarios.noRefundCard,
      destination: scenarios.outageDestination,
    });

    expect(status).toBe(409);
    expect(body).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'compensation-exhausted', step: 'charge-payment' },
      failure: { code: 'SHIPPING_OUTAGE' },
    });
    expect((await orders.client.ledger(body.sagaId)).map(isUndone)).toEqual([false, false]);
  });

  it('that need not be waited for is answered with 202 and ends on its own', async () => {
    const { status, headers, body } = await orders.client.place({}, { prefer: 'wait=1, respond-async' });

    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBe('respond-async');
    expect(headers.get('location')).toBe(`/orders/${body.sagaId}`);
    await orders.client.untilStatus(body.sagaId, 'completed');
  });
});

function isUndone({ undo }: LedgerLine): boolean {
  return undo !== undefined;
}
