import { fallback as declareFallback } from '@nest-saga/core';
import type { Fallback, FallbackOptions } from '@nest-saga/core';
import type { SagaStepReference } from './step-class.js';

/**
 * Declares a step with an alternative: when the primary has failed for good with one of `failureErrors`, or its
 * circuit breaker is open, the alternative runs instead, with the context as it was before the primary. The
 * choice is in the journal before the alternative starts, so a recovery follows it.
 *
 * @example
 * steps: [
 *   ReserveStep,
 *   fallback(ChargeCardStep, SendInvoiceStep, {
 *     failureErrors: [GatewayError],
 *     circuitBreaker: { failureThreshold: 5, resetTimeoutMs: 30_000 },
 *   }),
 * ]
 */
export function fallback<Primary extends SagaStepReference, Alternative extends SagaStepReference>(
  primary: Primary,
  alternative: Alternative,
  options: FallbackOptions = {},
): Fallback<Primary | Alternative> {
  return declareFallback<Primary | Alternative>(primary, alternative, options);
}
