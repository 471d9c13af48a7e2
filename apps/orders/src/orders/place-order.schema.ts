import { z } from 'zod';
import { text } from './text.schema.js';

/** The body of an order. Unknown fields are refused, so that a misspelt field is noticed. */
export const placeOrderSchema = z.strictObject({
  customer: text(100),
  item: text(50),
  quantity: z.int().min(1).max(99),
  /** A token of the card from a payment page; never a card number. */
  card: text(50),
  destination: text(100),
});

/** A valid order. */
export type PlaceOrder = z.infer<typeof placeOrderSchema>;
