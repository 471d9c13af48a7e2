import type { PlaceOrder } from './place-order.schema.js';

/** What an order's steps know and pass on to each other. Stored in the journal after each of them. */
export class OrderContext {
  readonly customer: string;
  readonly item: string;
  readonly quantity: number;
  readonly card: string;
  readonly destination: string;

  /** Set by the reservation. */
  totalCents?: number;
  /** Set by the step that got the money: the payment or the invoice. */
  paidBy?: string;
  /** Set by the shipment. */
  trackingNumber?: string;

  constructor({ customer, item, quantity, card, destination }: PlaceOrder) {
    this.customer = customer;
    this.item = item;
    this.quantity = quantity;
    this.card = card;
    this.destination = destination;
  }

  /** What is to be paid. */
  get amountCents(): number {
    if (this.totalCents === undefined) throw new Error('The items have not been reserved yet.');
    return this.totalCents;
  }
}
