import { z } from 'zod';
import { text } from './text.schema.js';

/** What comes with a cancellation. */
export const cancelOrderSchema = z
  .strictObject({ reason: text(200).default('The customer asked for it.') })
  .prefault({});

/** A well-formed cancellation. */
export type CancelOrder = z.infer<typeof cancelOrderSchema>;
