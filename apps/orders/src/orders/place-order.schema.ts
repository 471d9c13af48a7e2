import { z } from 'zod';
import { text } from './text.schema.js';

/** What a customer sends. What is not listed here is refused, so that a misspelt field is noticed. */
export const placeOrderSchema = z.strictObject({
  customer: text(100),
  item: text(50),
  quantity: z.int().min(1).max(99),
  /** A token of the card, as a payment page gives it; never a card number. */
  card: text(50),
  destination: text(100),
});

/** A well-formed order. */
export type PlaceOrder = z.infer<typeof placeOrderSchema>;
