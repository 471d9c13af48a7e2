import { Injectable } from '@nestjs/common';
import { EffectLedger } from '../ledger/effect-ledger.js';
import { formatCents } from '../money.js';
import { scenarios } from '../scenarios.js';
import { CardDeclinedError } from './card-declined.error.js';
import { CardGatewayError } from './card-gateway.error.js';
import { RefundRefusedError } from './refund-refused.error.js';

/** The amount to charge, and the card. */
export interface ChargeRequest {
  readonly orderId: string;
  readonly card: string;
  readonly amountCents: number;
  readonly idempotencyKey: string;
}

/** An amount of money that has arrived. */
export type BookRequest = Omit<ChargeRequest, 'card'>;

/** A charge that was made. */
export interface Charge {
  readonly paymentId: string;
  readonly amountCents: number;
}

/** Charges and refunds cards. */
@Injectable()
export class PaymentService {
  constructor(private readonly ledger: EffectLedger) {}

  /**
   * Charges a card, once for each key.
   *
   * @throws CardDeclinedError, CardGatewayError
   */
  async charge({ orderId, card, amountCents, idempotencyKey }: ChargeRequest): Promise<Charge> {
    if (card === scenarios.declinedCard) throw new CardDeclinedError();
    if (card === scenarios.gatewayDownCard) throw new CardGatewayError();
    await this.ledger.record({
      idempotencyKey,
      orderId,
      service: 'payment',
      description: `charged ${formatCents(amountCents)}`,
    });
    return { paymentId: `payment-${orderId.slice(0, 8)}`, amountCents };
  }

  /** Books money that has arrived by bank transfer, once for each key. */
  async book({ orderId, amountCents, idempotencyKey }: BookRequest): Promise<Charge> {
    await this.ledger.record({
      idempotencyKey,
      orderId,
      service: 'payment',
      description: `received ${formatCents(amountCents)}`,
    });
    return { paymentId: `payment-${orderId.slice(0, 8)}`, amountCents };
  }

  /**
   * Refunds the money of an order. It succeeds if nothing was charged.
   *
   * @throws RefundRefusedError
   */
  async refund(orderId: string, card: string, idempotencyKey: string): Promise<void> {
    if (card === scenarios.noRefundCard) throw new RefundRefusedError();
    await this.ledger.undo({ idempotencyKey, orderId, service: 'payment', description: 'refunded' });
  }
}
