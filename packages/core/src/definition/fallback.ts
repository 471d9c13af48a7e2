import { isObject } from '../options/option.js';
import type { OptionsOf } from '../options/option.js';
import type { fallbackTable } from './fallback-table.js';

/** When the alternative of a fallback runs. */
export interface FallbackOptions extends OptionsOf<typeof fallbackTable> {}

/** A stage that has a primary and an alternative: see {@link fallback}. */
export interface Fallback<Step> extends FallbackOptions {
  readonly kind: 'fallback';
  readonly primary: Step;
  readonly alternative: Step;
}

/**
 * Declares a step with an alternative: when the primary has failed for good with one of `failureErrors`, or its
 * circuit breaker is open, the alternative runs instead, with the context as it was before the primary. The
 * choice is in the journal before the alternative starts, so a recovery follows it.
 *
 * @example
 * steps: [ReserveStep, fallback(ChargeCardStep, SendInvoiceStep, { failureErrors: [GatewayError] })]
 */
export function fallback<Step>(
  primary: Step,
  alternative: Step,
  options: FallbackOptions = {},
): Fallback<Step> {
  // A value that is not an object is kept, so that the check of the saga reports it.
  const given = isObject(options) ? options : { options };
  return { ...given, kind: 'fallback', primary, alternative };
}

/** Whether a declared stage is a fallback. */
export function isFallback(declared: unknown): declared is Fallback<unknown> {
  return typeof declared === 'object' && declared !== null && Reflect.get(declared, 'kind') === 'fallback';
}
