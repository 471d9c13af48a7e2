import { z } from 'zod';
import { text } from './text.schema.js';

/** The body of a request to try again. */
export const retryOrderSchema = z.strictObject({ note: text(200).optional() }).prefault({});

/** A valid request to try again. */
export type RetryOrder = z.infer<typeof retryOrderSchema>;

/** The result of a step that a person did by hand for an order, or found not to be done. */
export const resolveStepSchema = z.strictObject({
  step: text(100),
  note: text(200),
  outcome: z.enum(['done', 'not-done']).default('done'),
});

/** The decision of a person about an order that asks for it. */
export const decideOrderSchema = z.strictObject({
  decision: z.enum(['approved', 'rejected']),
  actor: text(100),
  note: text(200).optional(),
});

/** A valid decision. */
export type DecideOrder = z.infer<typeof decideOrderSchema>;

/** A valid statement of a person about a step. */
export type ResolveStep = z.infer<typeof resolveStepSchema>;
