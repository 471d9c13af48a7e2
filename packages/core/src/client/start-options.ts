import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isStorableText } from '../context/storable-text.js';
import { checkTags } from '../definition/saga-tags.js';
import { isSagaId } from '../journal/saga-id.js';
import { checkNames } from '../options/check-names.js';
import { maximumWaitMs } from '../options/option.js';

/** The options of one start. */
export interface StartOptions {
  /** The saga's name: needed if several sagas have the context's class, or the context is a plain object. */
  readonly saga?: string;
  /** A UUID for the execution; by default, a new one is generated. Two starts with one id are one execution. */
  readonly sagaId?: string;
  /** The caller's own name for the business action, 1 to 200 characters. Two starts of a saga with one key are one execution. */
  readonly key?: string;
  /**
   * What to do if the id or the key exists already: `attach` to that execution, if its context is the same, or
   * `reject`.
   *
   * @default 'attach'
   */
  readonly onConflict?: 'attach' | 'reject';
  /**
   * The saga begins after this delay, in milliseconds, at most 100 years, by the storage's clock. Until then it is
   * durable and PENDING, and uses no memory in this process. A start that attaches to a saga ignores it.
   */
  readonly delayMs?: number;
  /**
   * The saga's deadline, counted from when it is due, in milliseconds, at most 100 years, by the storage's clock: a saga that
   * still goes forward then is undone and fails. Without it that of the saga applies. A start that attaches to a saga ignores it.
   */
  readonly deadlineMs?: number;
  /**
   * Texts by which lists find the saga, for example `customer:42`: at most 16, each of 1 to 100 characters. They never change
   * and are not encrypted. Those that `tags` of the saga returns are added. A start that attaches to a saga ignores them.
   */
  readonly tags?: readonly string[];
  /** Short texts that are stored with the saga beside its context, for example `traceparent`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const knownOptions = ['saga', 'sagaId', 'key', 'onConflict', 'delayMs', 'deadlineMs', 'tags', 'metadata'];
const maximumMetadataLength = 1_024;

/**
 * The id in lower case.
 *
 * @throws InvalidArgumentError
 */
export function checkSagaId(sagaId: unknown): string {
  const id = typeof sagaId === 'string' ? sagaId.toLowerCase() : '';
  if (isSagaId(id)) return id;
  throw new InvalidArgumentError('sagaId', 'pass a UUID such as 018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41');
}

/** A saga's name with the caller's own name for a business action. Like an id, it identifies one execution. */
export interface SagaKey {
  readonly saga: string;
  readonly key: string;
}

/**
 * Checks the reference to an execution: its id, or a saga's name with a key.
 *
 * @throws InvalidArgumentError
 */
export function checkSagaReference(reference: unknown): string | SagaKey {
  if (typeof reference !== 'object' || reference === null) return checkSagaId(reference);
  const { saga, key } = checkNames('', reference, ['saga', 'key']);
  return { saga: checkText('saga', saga, 100), key: checkText('key', key, 200) };
}

/**
 * Checks the options of a start, which may come from a request's body.
 *
 * @throws InvalidArgumentError
 */
export function checkStartOptions(options: unknown): StartOptions {
  if (options === undefined) return {};
  const given = checkNames('options', options, knownOptions);
  const { saga, sagaId, key, onConflict, delayMs, deadlineMs, tags, metadata } = given;
  return {
    ...(saga === undefined ? {} : { saga: checkText('saga', saga, 100) }),
    ...(sagaId === undefined ? {} : { sagaId: checkSagaId(sagaId) }),
    ...(key === undefined ? {} : { key: checkText('key', key, 200) }),
    ...(onConflict === undefined ? {} : { onConflict: checkOnConflict(onConflict) }),
    ...(delayMs === undefined ? {} : { delayMs: checkDelay(delayMs) }),
    ...(deadlineMs === undefined ? {} : { deadlineMs: checkDeadline(deadlineMs) }),
    ...(tags === undefined ? {} : { tags: checkTags(tags) }),
    ...(metadata === undefined ? {} : { metadata: checkMetadata(metadata) }),
  };
}

/**
 * Checks a text of an operator or a caller: not empty, bounded, storable.
 *
 * @throws InvalidArgumentError
 */
export function checkText(name: string, text: unknown, maximumLength: number): string {
  if (isStorableText(text, maximumLength)) return text;
  throw new InvalidArgumentError(
    name,
    `pass a text of 1 to ${maximumLength} characters without NUL and lone surrogates`,
  );
}

function checkOnConflict(onConflict: unknown): 'attach' | 'reject' {
  if (onConflict === 'attach' || onConflict === 'reject') return onConflict;
  throw new InvalidArgumentError('onConflict', 'pass "attach" or "reject"');
}

function checkDelay(delayMs: unknown): number {
  if (typeof delayMs === 'number' && delayMs >= 0 && delayMs <= maximumWaitMs) return Math.ceil(delayMs);
  throw new InvalidArgumentError(
    'delayMs',
    `pass a number of milliseconds from 0 to ${maximumWaitMs}, such as hours(1)`,
  );
}

function checkDeadline(deadlineMs: unknown): number {
  if (typeof deadlineMs === 'number' && deadlineMs > 0 && deadlineMs <= maximumWaitMs)
    return Math.ceil(deadlineMs);
  throw new InvalidArgumentError(
    'deadlineMs',
    `pass a number of milliseconds over 0 and at most ${maximumWaitMs}, such as days(2)`,
  );
}

function checkMetadata(metadata: unknown): Readonly<Record<string, string>> {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw new InvalidArgumentError('metadata', 'pass an object of texts');
  const entries = Object.entries(metadata).map(([name, value]): [string, string] => {
    if (name === '__proto__') throw new InvalidArgumentError('metadata', 'the name __proto__ is not allowed');
    return [
      checkText('metadata', name, 100),
      checkText(`metadata.${name.slice(0, 100)}`, value, maximumMetadataLength),
    ];
  });
  if (entries.length > 20) throw new InvalidArgumentError('metadata', 'pass at most 20 texts');
  return Object.fromEntries(entries);
}
