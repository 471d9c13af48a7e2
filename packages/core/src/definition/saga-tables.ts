import type { ContextCodec } from '../context/context-codec.js';
import type { ContextClass } from '../context/hydrate.js';
import { checkedElsewhere, count, duration, func, objectWith, oneOf, option } from '../options/option.js';
import { policyTable } from '../options/step-policies.js';
import type { SagaTags } from './saga-tags.js';

/** The options of a step, without its required id. */
const stepExtras = {
  /**
   * Earlier ids of the step, the oldest first: executions with these ids in their journals continue. The oldest one
   * stays in the idempotency key.
   */
  aliases: option<readonly string[]>('a list of the ids that it had before', Array.isArray),
  /**
   * Whether the step can be undone. `'compensatable'`: yes, by `compensate`. `'pivot'`: no; once its act has returned,
   * the saga is never undone. `'retriable'`: no; its act is tried until it returns. The order is compensatable steps,
   * at most one pivot, retriable steps.
   *
   * @default 'compensatable'
   */
  kind: oneOf(['compensatable', 'pivot', 'retriable'], { default: 'compensatable' }),
  /**
   * The failed attempt of a retriable step from which on the saga is overdue: the listener, the log and the health check
   * say so. An integer of at least 1.
   *
   * @default 10
   */
  overdueAfter: count({ default: 10, minimum: 1 }),
  /**
   * Whether `act` and `compensate` run in a database transaction together with their entry: `true` for both, `'act'` or
   * `'compensate'` for one of them. The storage has to have transactions, and the step writes with what it gives, for example
   * `entityManagerOf(run)` of `@nest-saga/typeorm`. Its effect is then never in doubt.
   *
   * @default false
   */
  transactional: option<boolean | 'act' | 'compensate'>(
    'true, false, "act" or "compensate"',
    (value) => typeof value === 'boolean' || value === 'act' || value === 'compensate',
    { default: false },
  ),
};

/** Whether a step can be undone: see the option `kind` of a step. */
export type StepKind = 'compensatable' | 'pivot' | 'retriable';

/** The default of `kind` and of `overdueAfter`. */
export const kindDefaults = { kind: stepExtras.kind.default, overdueAfter: stepExtras.overdueAfter.default };

/** The options of `@SagaStep()` and `step()`. */
export const stepTable = { id: checkedElsewhere<string>(), ...stepExtras, ...policyTable };

/** The options of a saga, without its required name. */
const sagaExtras = {
  /**
   * An integer of at least 1; a running execution ends under the version with which it started. Without it the version
   * is 1.
   */
  version: count({ minimum: 1, maximum: 2_147_483_647 }),
  /** The class of the context, by which `start(context)` selects the saga. */
  context: func<ContextClass>('a class'),
  /** Replaces the JSON codec for this saga's contexts, responses and events. */
  codec: objectWith<ContextCodec>('a ContextCodec', 'encode', 'decode'),
  /**
   * Recoveries without progress after which the saga is STUCK. Without it the module's
   * `recovery.maximumRecoveryAttempts` applies.
   */
  maximumRecoveryAttempts: count({ minimum: 0 }),
  /**
   * A saga that still goes forward this long after it is due is undone and fails, in milliseconds, by the storage's clock.
   * A start may have its own. Without it the saga has no deadline.
   */
  deadlineMs: duration(),
  /**
   * Texts by which lists find each execution, from its first context: a pure, synchronous function that returns at most 16.
   * One that throws refuses the start. Without it an execution has the tags of its start.
   */
  tags: func<SagaTags>(),
};

/** The options of `@Saga()`, without its steps. */
export const sagaTable = { name: checkedElsewhere<string>(), ...sagaExtras, ...policyTable };

/** The rows of a step's own options. */
export type StepExtras = typeof stepExtras;
/** The rows of a saga's own options. */
export type SagaExtras = typeof sagaExtras;
