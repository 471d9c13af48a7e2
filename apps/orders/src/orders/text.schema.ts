import { z } from 'zod';

// PostgreSQL stores neither of them in jsonb, so they are refused in the request already.
const unstorable = /[\u0000\p{Surrogate}]/u;

/** A text of bounded length that can be stored. */
export const text = (maximumLength: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maximumLength, `must have at most ${maximumLength} characters`)
    .refine((value) => !unstorable.test(value), 'must not contain NUL characters or lone surrogates');
