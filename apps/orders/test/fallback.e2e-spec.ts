import { scenarios } from '@nest-saga/demo-services';
import { useOrders } from './support/start-orders.js';

const gatewayDown = { card: scenarios.gatewayDownCard };

describe('an order while the card gateway is down', () => {
  const orders = useOrders();

  it('is paid by invoice, and no card is charged', async () => {
    const { status, body } = await orders.client.place(gatewayDown);

    expect(status).toBe(201);
    expect(body.order.paidBy).toMatch(/^invoice-/);
    expect((await orders.client.ledger(body.sagaId)).map(({ service }) => service)).toEqual([
      'inventory',
      'invoice',
      'shipping',
    ]);
  });

  it('has its invoice cancelled, and no card refunded, when the shipment fails', async () => {
    const { body } = await orders.client.place({ ...gatewayDown, destination: scenarios.outageDestination });

    expect(body.status).toBe('failed');
    expect(await orders.client.ledger(body.sagaId)).toMatchObject([
      { service: 'inventory', undo: { description: 'released' } },
      { service: 'invoice', undo: { description: 'cancelled' } },
    ]);
  });

  it('fails without an invoice when the card is declined, however often', async () => {
    for (let order = 1; order <= 4; order++) {
      const { status, body } = await orders.client.place({ card: scenarios.declinedCard });

      expect(status).toBe(422);
      expect(body.failure).toMatchObject({ code: 'CARD_DECLINED' });
    }
  });
});
