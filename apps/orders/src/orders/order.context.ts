import type { PlaceOrder } from './place-order.schema.js';

/** The data that an order's steps use and pass on to each other. Stored in the journal after each of them. */
export class OrderContext {
  readonly customer: string;
  readonly item: string;
  readonly quantity: number;
  readonly card: string;
  readonly destination: string;

  /** Set by the reservation. */
  totalCents?: number;
  /** Set by the step that collected the money: the payment or the invoice. */
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

  /** The amount to pay, in cents. */
  get amountCents(): number {
    if (this.totalCents === undefined) throw new Error('The items have not been reserved yet.');
    return this.totalCents;
  }
}
