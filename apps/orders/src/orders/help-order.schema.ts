import { z } from 'zod';
import { text } from './text.schema.js';

/** What comes with a request to try again. */
export const retryOrderSchema = z.strictObject({ note: text(200).optional() }).prefault({});

/** A well-formed request to try again. */
export type RetryOrder = z.infer<typeof retryOrderSchema>;

/** What a person did by hand for an order. */
export const resolveStepSchema = z.strictObject({ step: text(100), note: text(200) });

/** A well-formed word of a person that a step is done. */
export type ResolveStep = z.infer<typeof resolveStepSchema>;
