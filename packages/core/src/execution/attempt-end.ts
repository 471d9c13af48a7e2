import type { AttemptOutcome } from './decide-entry.js';

/**
 * How an attempt ended: with an outcome to record, or without one because this process has to stop running the saga.
 */
export type AttemptEnd =
  AttemptOutcome | { readonly kind: 'stopped'; readonly reason: 'lease-lost' | 'shutdown' };
