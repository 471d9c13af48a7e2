import { z } from 'zod';
import { text } from './text.schema.js';

/** What the signal of a payment says. */
export const paymentSchema = z.strictObject({
  /** The payment service's name for this payment: a webhook that is sent twice counts once. */
  reference: text(100),
});

/** The body of the payment service's webhook. */
export const paymentWebhookSchema = paymentSchema.extend({ orderId: z.uuid() });

/** A valid webhook. */
export type PaymentWebhook = z.infer<typeof paymentWebhookSchema>;
