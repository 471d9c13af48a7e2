import { sagaDefaults } from '../options/defaults.js';
import { compensationNames, retryNames } from '../options/step-policies.js';
import type {
  CompensateOn,
  CompensationPolicy,
  RetryPolicy,
  SagaStepPolicies,
} from '../options/step-policies.js';

/** The policies of a step, with all defaults filled in. */
export interface ResolvedPolicies {
  readonly retry: RetryPolicy;
  readonly compensation: CompensationPolicy;
  readonly timeoutMs: number | undefined;
  readonly compensateOn: CompensateOn;
}

/**
 * Fills in the policies of a step: options of the step override those of its saga, the saga overrides the module, and
 * the module overrides the defaults. Each field is resolved separately, so a step that only sets `maximumAttempts`
 * keeps the saga's interval.
 *
 * @param layers From the strongest (the step) to the weakest (the module).
 */
export function resolvePolicies(layers: readonly SagaStepPolicies[]): ResolvedPolicies {
  const retries = layers.map((layer) => layer.retry ?? {});
  const compensations = layers.map((layer) => layer.compensation ?? {});
  const compensation = firstDefined<CompensationPolicy>(
    [...compensations, { ...sagaDefaults.compensation, nonRetryableErrors: [], timeoutMs: undefined }],
    compensationNames,
  );
  const retry = firstDefined<RetryPolicy>(
    [...retries, { ...sagaDefaults.retry, nonRetryableErrors: [] }],
    retryNames,
  );
  return {
    retry: Object.freeze(retry),
    compensation: Object.freeze(compensation),
    timeoutMs: layers.find((layer) => layer.timeoutMs !== undefined)?.timeoutMs,
    compensateOn:
      layers.find((layer) => layer.compensateOn !== undefined)?.compensateOn ?? sagaDefaults.compensateOn,
  };
}

function firstDefined<Policy extends object>(
  layers: readonly Partial<Policy>[],
  fields: readonly (keyof Policy)[],
): Policy {
  const values = fields.map(
    (field) => [field, layers.find((layer) => layer[field] !== undefined)?.[field]] as const,
  );
  return Object.fromEntries(values) as Policy;
}
