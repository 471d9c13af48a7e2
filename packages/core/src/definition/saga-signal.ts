import type { ContextClass } from '../context/hydrate.js';
import { hydrate } from '../context/hydrate.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isStandardSchema } from './standard-schema.js';
import type { InputOf, OutputOf, SchemaIssue, StandardSchema } from './standard-schema.js';

/** Something that a saga can wait for and that is told to it from outside: see {@link sagaSignal}. */
export interface SagaSignal<Name extends string = string, Payload = unknown, Input = Payload> {
  readonly kind: 'signal';
  readonly name: Name;
  /** What its payload is; undefined if it has none. */
  readonly payload: ContextClass<Payload> | StandardSchema<Input, Payload> | undefined;
}

/**
 * Declares a signal: what a saga can wait for with `waitFor()`, and what `sagas.signal()` sends.
 *
 * @param name Is stored with the signal, so keep it. Matches `^[A-Za-z][\w.:-]{0,99}$`.
 * @param payload The class of its payload, which it is given back as, or a Standard Schema such as one of Zod, which also
 * checks it before it is stored. A signal without one has no payload.
 * @example
 * export const delivered = sagaSignal('shipment.delivered', z.object({ trackingNumber: z.string() }));
 */
export function sagaSignal<const Name extends string>(name: Name): SagaSignal<Name, undefined>;
export function sagaSignal<const Name extends string, Schema extends StandardSchema>(
  name: Name,
  payload: Schema,
): SagaSignal<Name, OutputOf<Schema>, InputOf<Schema>>;
export function sagaSignal<const Name extends string, Payload>(
  name: Name,
  payload: ContextClass<Payload>,
): SagaSignal<Name, Payload>;
export function sagaSignal(name: string, payload?: ContextClass | StandardSchema): SagaSignal {
  return Object.freeze({ kind: 'signal', name, payload });
}

/** Whether a value is a signal of this or another copy of the library. */
export function isSagaSignal(value: unknown): value is SagaSignal {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'kind') === 'signal';
}

/**
 * The payload as it is stored.
 *
 * @throws InvalidArgumentError if it is not what the signal takes.
 */
export async function checkPayload(signal: SagaSignal, given: unknown): Promise<unknown> {
  const { payload } = signal;
  if (payload === undefined) {
    if (given === undefined) return undefined;
    throw new InvalidArgumentError('payload', `the signal "${signal.name}" has none, leave it out`);
  }
  if (!isStandardSchema(payload)) {
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
    throw new InvalidArgumentError(
      'payload',
      `the signal "${signal.name}" takes the fields of a ${payload.name}`,
    );
  }
  const result = await payload['~standard'].validate(given);
  if (result.issues === undefined) return result.value;
  throw new InvalidArgumentError('payload', describeIssues(result.issues));
}

/** A stored payload as the saga sees it. What a schema gave was stored as it was given. */
export function readPayload({ payload }: SagaSignal, decoded: unknown): unknown {
  return payload === undefined || isStandardSchema(payload) ? decoded : hydrate(payload, decoded);
}

const maximumIssues = 5;

function describeIssues(issues: readonly SchemaIssue[]): string {
  const shown = issues.slice(0, maximumIssues).map(({ message, path = [] }) => {
    const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
    return [...(keys.length === 0 ? [] : [keys.join('.').slice(0, 100)]), message.slice(0, 200)].join(': ');
  });
  const rest = issues.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
}
