import { InMemoryEffectLedger } from '../ledger/in-memory-effect-ledger.js';
import { scenarios } from '../scenarios.js';
import { CardDeclinedError } from './card-declined.error.js';
import { CardGatewayError } from './card-gateway.error.js';
import { PaymentService } from './payment.service.js';
import { RefundRefusedError } from './refund-refused.error.js';

describe('the payment service', () => {
  const ledger = new InMemoryEffectLedger();
  const payment = new PaymentService(ledger);
  const request = { orderId: 'b1', card: 'card-ok', amountCents: 3_800, idempotencyKey: 'b1/charge' };

  it('charges a card once for a key and gives the money back', async () => {
    await payment.charge(request);
    await payment.charge(request);
    await payment.refund('b1', 'card-ok', 'b1/refund');

    expect(await ledger.list({ orderId: 'b1' })).toMatchObject([
      { description: 'charged 38.00 EUR', calls: 2, undo: { description: 'refunded' } },
    ]);
  });

  it.each([
    ['a declined card', scenarios.declinedCard, CardDeclinedError],
    ['a gateway that is down', scenarios.gatewayDownCard, CardGatewayError],
  ])('reports %s by an error of its own and charges nothing', async (_, card, error) => {
    await expect(payment.charge({ ...request, orderId: 'b2', card })).rejects.toThrow(error);

    expect(await ledger.list({ orderId: 'b2' })).toEqual([]);
  });

  it('keeps the money of a card that gives no refunds', async () => {
    const card = scenarios.noRefundCard;
    await payment.charge({ ...request, orderId: 'b3', card, idempotencyKey: 'b3/charge' });

    await expect(payment.refund('b3', card, 'b3/refund')).rejects.toThrow(RefundRefusedError);

    expect(await ledger.list({ orderId: 'b3' })).toMatchObject([{ undo: undefined }]);
  });
});
