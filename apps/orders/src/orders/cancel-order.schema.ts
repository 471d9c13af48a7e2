import { z } from 'zod';
import { text } from './text.schema.js';

/** The body of a cancellation. */
export const cancelOrderSchema = z
  .strictObject({ reason: text(200).default('The customer asked for it.') })
  .prefault({});

/** A valid cancellation. */
export type CancelOrder = z.infer<typeof cancelOrderSchema>;
