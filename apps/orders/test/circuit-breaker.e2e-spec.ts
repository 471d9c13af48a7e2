import { jest } from '@jest/globals';
import { scenarios } from '@nest-saga/demo-services';
import { useOrders } from './support/start-orders.js';

const gatewayDown = { card: scenarios.gatewayDownCard };

describe('the circuit breaker of the card gateway', () => {
  const orders = useOrders();

  it('leaves the gateway alone after three failures in a row, and says so in the history', async () => {
    const codes: (string | undefined)[] = [];
    const payments: (string | undefined)[] = [];
    for (let order = 1; order <= 4; order++) {
      const { body } = await orders.client.place(gatewayDown);
      const { history } = (await orders.client.find(body.sagaId)).body;
      payments.push(body.order.paidBy?.split('-')[0]);
      codes.push(history.find(({ kind }) => kind === 'act-failed')?.error?.code);
    }

    expect(codes).toEqual([
      'CARD_GATEWAY_DOWN',
      'CARD_GATEWAY_DOWN',
      'CARD_GATEWAY_DOWN',
      'SAGA_CIRCUIT_OPEN',
    ]);
    expect(payments).toEqual(['invoice', 'invoice', 'invoice', 'invoice']);
  });

  it('asks it again ten seconds later, and continues with it if it works', async () => {
    const { body: refused } = await orders.client.place({});
    expect(refused.order.paidBy).toMatch(/^invoice-/);

    const now = performance.now.bind(performance);
    const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 10_000);
    try {
      for (let order = 1; order <= 2; order++) {
        const { body } = await orders.client.place({});
        expect(body.order.paidBy).toMatch(/^payment-/);
      }
    } finally {
      later.mockRestore();
    }
  });
});
