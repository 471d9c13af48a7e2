import type { SagaOptions } from './saga-definition.js';
import type { SagaStepOptions } from './saga-step.js';
import { checkedElsewhere, count, func, objectWith, option } from '../options/option.js';
import type { OptionTableOf } from '../options/option.js';
import { policyTable } from './policy-tables.js';

/** What `@SagaStep()` takes, and `step()` as well. */
export const stepTable: OptionTableOf<SagaStepOptions> = {
  id: checkedElsewhere,
  aliases: option('a list of the ids that it had before', Array.isArray),
  ...policyTable,
};

/** What `@Saga()` takes beside its steps. */
export const sagaTable: OptionTableOf<SagaOptions> = {
  name: checkedElsewhere,
  version: count({ minimum: 1, maximum: 2_147_483_647 }),
  context: func('a class'),
  codec: objectWith('a ContextCodec', 'encode', 'decode'),
  maximumRecoveryAttempts: count({ minimum: 0 }),
  ...policyTable,
};
