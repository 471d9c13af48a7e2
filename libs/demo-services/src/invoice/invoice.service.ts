import { Injectable } from '@nestjs/common';
import { EffectLedger } from '../ledger/effect-ledger.js';
import { formatCents } from '../money.js';

/** The amount to bill. */
export interface InvoiceRequest {
  readonly orderId: string;
  readonly amountCents: number;
  readonly idempotencyKey: string;
}

/** An invoice that was sent. */
export interface Invoice {
  readonly invoiceId: string;
  readonly amountCents: number;
}

/** Sends invoices, by which an order is paid while the card gateway is down. */
@Injectable()
export class InvoiceService {
  constructor(private readonly ledger: EffectLedger) {}

  /** Sends the invoice of an order, once for each key. */
  async send({ orderId, amountCents, idempotencyKey }: InvoiceRequest): Promise<Invoice> {
    await this.ledger.record({
      idempotencyKey,
      orderId,
      service: 'invoice',
      description: `sent an invoice of ${formatCents(amountCents)}`,
    });
    return { invoiceId: `invoice-${orderId.slice(0, 8)}`, amountCents };
  }

  /** Cancels the invoice of an order. It succeeds if there is none. */
  async cancel(orderId: string, idempotencyKey: string): Promise<void> {
    await this.ledger.undo({ idempotencyKey, orderId, service: 'invoice', description: 'cancelled' });
  }
}
