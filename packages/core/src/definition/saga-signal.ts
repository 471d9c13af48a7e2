import type { ContextClass } from '../context/hydrate.js';
import { hydrate } from '../context/hydrate.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isStandardSchema } from './standard-schema.js';
import type { InputOf, OutputOf, SchemaIssue, StandardSchema } from './standard-schema.js';

/** A message from outside for which a saga can wait: see {@link sagaSignal}. */
export interface SagaSignal<Name extends string = string, Payload = unknown, Input = Payload> {
  readonly kind: 'signal';
  readonly name: Name;
  /** The class or the schema of its payload; undefined if it has none. */
  readonly payload: ContextClass<Payload> | StandardSchema<Input, Payload> | undefined;
}

/**
 * Declares a signal, for which a saga can wait with `waitFor()` and which `sagas.signal()` sends.
 *
 * @param name Stored with the signal, so keep it. Matches `^[A-Za-z][\w.:-]{0,99}$`.
 * @param payload The class of its payload, whose instances the saga gets, or a Standard Schema such as one of Zod,
 * which also checks the payload before it is stored. Without it the signal has no payload.
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
 * The payload in its stored form.
 *
 * @throws InvalidArgumentError if it does not match the declaration of the signal.
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

/** A stored payload as the saga gets it. The output of a schema is not checked again. */
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
