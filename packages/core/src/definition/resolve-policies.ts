import type { OptionTable, ResolvedOptionsOf } from '../options/option.js';
import { policyTable } from '../options/step-policies.js';
import type { CompensationPolicy, RetryPolicy, SagaStepPolicies } from '../options/step-policies.js';

/** The policies of a step, with all defaults filled in. */
export interface ResolvedPolicies extends Omit<
  ResolvedOptionsOf<typeof policyTable>,
  'retry' | 'compensation'
> {
  readonly retry: RetryPolicy;
  readonly compensation: CompensationPolicy;
}

/**
 * Fills in the policies of a step: options of the step override those of its saga, the saga overrides the module, and
 * the module overrides the defaults. Each option of a group is resolved separately, so a step that only sets
 * `maximumAttempts` keeps the saga's interval.
 *
 * @param layers From the strongest (the step) to the weakest (the module).
 */
export function resolvePolicies(layers: readonly SagaStepPolicies[]): ResolvedPolicies {
  return resolve(policyTable, [...layers, noMatchers]) as unknown as ResolvedPolicies;
}

/** The weakest layer: the lists of errors have no default in the tables. */
const noMatchers: SagaStepPolicies = {
  retry: { nonRetryableErrors: [] },
  compensation: { nonRetryableErrors: [] },
};

function resolve(table: OptionTable, layers: readonly object[]): Readonly<Record<string, unknown>> {
  const resolved = Object.entries(table).map(([name, row]): [string, unknown] => {
    const values = layers
      .map((layer): unknown => Reflect.get(layer, name))
      .filter((value) => value !== undefined);
    // The checks of the tables have refused a group that is not an object.
    if (row.table !== undefined) return [name, resolve(row.table, values as readonly object[])];
    return [name, values[0] ?? row.default];
  });
  return Object.freeze(Object.fromEntries(resolved));
}
