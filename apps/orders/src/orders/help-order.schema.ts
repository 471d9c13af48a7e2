import { z } from 'zod';
import { text } from './text.schema.js';

/** What comes with a request to try again. */
export const retryOrderSchema = z.strictObject({ note: text(200).optional() }).prefault({});

/** A well-formed request to try again. */
export type RetryOrder = z.infer<typeof retryOrderSchema>;

/** What a person did by hand for an order, or found not to be done. */
export const resolveStepSchema = z.strictObject({
  step: text(100),
  note: text(200),
  outcome: z.enum(['done', 'not-done']).default('done'),
});

/** A well-formed word of a person about a step. */
export type ResolveStep = z.infer<typeof resolveStepSchema>;
