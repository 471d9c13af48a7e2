import { readEvents } from './support/read-events.js';
import { useOrders } from './support/start-orders.js';

describe('orders that wait, over HTTP', () => {
  const orders = useOrders({ paymentTimeoutMs: 3_600_000 });

  it('a prepaid order is answered at once, with what it waits for and until when', async () => {
    const { status, headers, body } = await orders.client.place({ card: 'transfer' });

    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/orders/${body.sagaId}`);
    const { waiting } = await untilWaiting(body.sagaId);
    expect(waiting).toEqual({
      stage: 'payment',
      for: 'signal',
      names: ['payment.received'],
      until: expect.any(String),
    });
  });

  it('a stream of it says so too, and its end once the webhook has come', async () => {
    const seen: string[] = [];
    let orderId = '';
    for await (const { type, data } of orders.client.stream({ card: 'transfer' })) {
      seen.push(data.step ?? type);
      orderId = data.sagaId ?? orderId;
      if (type === 'waiting') expect((await pay(orderId)).status).toBe(202);
    }

    expect(seen).toEqual([
      'started',
      'reserve-inventory',
      'waiting',
      'book-payment',
      'ship-order',
      'completed',
    ]);
  });

  it('a webhook that is sent again is taken once, and after the end it is refused', async () => {
    const { sagaId } = (await orders.client.place({ card: 'transfer' })).body;
    await untilWaiting(sagaId);
    await pay(sagaId);
    await orders.client.untilStatus(sagaId, 'completed');

    const again = [await pay(sagaId), await pay(sagaId, 'another payment')];

    expect(again.map(({ status }) => status)).toEqual([202, 409]);
    const { history } = (await orders.client.find(sagaId)).body;
    expect(history.filter(({ kind }) => kind === 'signal-received')).toHaveLength(1);
  });

  it('a webhook for no order is refused with 404, and one that is malformed with 400', async () => {
    const unknown = await pay('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41');
    const malformed = await orders.client.send('POST', '/webhooks/payments', { orderId: 'x', reference: '' });

    expect([unknown.status, malformed.status]).toEqual([404, 400]);
  });

  it('money that has come is paid back if the shipment fails', async () => {
    const { sagaId } = (await orders.client.place({ card: 'transfer', destination: 'atlantis' })).body;
    await untilWaiting(sagaId);
    await pay(sagaId);
    await orders.client.untilStatus(sagaId, 'failed');

    const effects = await orders.client.ledger(sagaId);
    expect(effects.filter(({ undo }) => undo === undefined)).toEqual([]);
    expect(effects.map(({ description }) => description)).toContain('received 38.00 EUR');
  });

  it('a large order is decided once: the second of two people learns what the first one decided', async () => {
    const { sagaId } = (await orders.client.place({ item: 'chair', quantity: 40 })).body;
    await untilWaiting(sagaId);
    const decide = (decision: string, actor: string) =>
      orders.client.send('POST', `/orders/${sagaId}/decide`, { decision, actor });

    const [first, second] = [await decide('approved', 'Grace'), await decide('rejected', 'Alan')];

    expect([first.status, second.status]).toEqual([202, 409]);
    expect((await orders.client.untilStatus(sagaId, 'completed')).order.paidBy).toBeDefined();
  });

  function pay(orderId: string, reference = 'transfer-7') {
    return orders.client.send('POST', '/webhooks/payments', { orderId, reference });
  }

  async function untilWaiting(sagaId: string) {
    for await (const { type } of readEvents(await fetch(`${orders.client.url}/orders/${sagaId}/events`)))
      if (type === 'waiting') break;
    return (await orders.client.find(sagaId)).body;
  }
});
