import type { ContextCodec } from '../context/context-codec.js';
import type { ContextClass } from '../context/hydrate.js';
import { checkedElsewhere, count, func, objectWith, option } from '../options/option.js';
import { policyTable } from '../options/step-policies.js';

/** What can be said about a step, beside the id that it must have. */
const stepExtras = {
  /** Ids this step had before, oldest first: journals that hold them go on. The oldest stays in the idempotency key. */
  aliases: option<readonly string[]>('a list of the ids that it had before', Array.isArray),
};

/** What `@SagaStep()` takes, and `step()` as well. */
export const stepTable = { id: checkedElsewhere<string>(), ...stepExtras, ...policyTable };

/** What can be said about a saga, beside the name that it must have. */
const sagaExtras = {
  /** An integer of at least 1; running sagas end under the version they started with. Without it the version is 1. */
  version: count({ minimum: 1, maximum: 2_147_483_647 }),
  /** The class of its context; by it `start(context)` finds the saga. */
  context: func<ContextClass>('a class'),
  /** Replaces the JSON codec for this saga's contexts, responses and events. */
  codec: objectWith<ContextCodec>('a ContextCodec', 'encode', 'decode'),
  /** Recoveries without progress after which the saga is STUCK. Without it the module's `recovery.maximumRecoveryAttempts` holds. */
  maximumRecoveryAttempts: count({ minimum: 0 }),
};

/** What `@Saga()` takes beside its steps. */
export const sagaTable = { name: checkedElsewhere<string>(), ...sagaExtras, ...policyTable };

/** The rows of a step's own options. */
export type StepExtras = typeof stepExtras;
/** The rows of a saga's own options. */
export type SagaExtras = typeof sagaExtras;
