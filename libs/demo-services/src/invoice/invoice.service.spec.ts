import { InMemoryEffectLedger } from '../ledger/in-memory-effect-ledger.js';
import { InvoiceService } from './invoice.service.js';

describe('the invoice service', () => {
  it('sends an invoice once for a key and cancels it', async () => {
    const ledger = new InMemoryEffectLedger();
    const invoice = new InvoiceService(ledger);
    const request = { orderId: 'c1', amountCents: 3_800, idempotencyKey: 'c1/send' };

    await invoice.send(request);
    expect(await invoice.send(request)).toEqual({ invoiceId: 'invoice-c1', amountCents: 3_800 });
    await invoice.cancel('c1', 'c1/cancel');

    expect(await ledger.list()).toMatchObject([
      { description: 'sent an invoice of 38.00 EUR', calls: 2, undo: { description: 'cancelled' } },
    ]);
  });
});
