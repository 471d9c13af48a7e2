import { scenarios } from '@nest-saga/demo-services';
import { useOrders } from './support/start-orders.js';

const gatewayDown = { card: scenarios.gatewayDownCard };

describe('the circuit breaker of the card gateway', () => {
  const orders = useOrders();

  it('leaves the gateway alone after three failures in a row, and says so in the history', async () => {
    const codes: (string | undefined)[] = [];
    for (let order = 1; order <= 4; order++) {
      const { body } = await orders.client.place(gatewayDown);
      const { history } = (await orders.client.find(body.sagaId)).body;
      codes.push(history.find(({ kind }) => kind === 'act-failed')?.error?.code);
    }

    expect(codes).toEqual([
      'CARD_GATEWAY_DOWN',
      'CARD_GATEWAY_DOWN',
      'CARD_GATEWAY_DOWN',
      'SAGA_CIRCUIT_OPEN',
    ]);
  });
});
