import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import { isDate } from '../identity/values.js';
import { checkEncodable } from './check-encodable.js';
import { isPlainJson } from './is-plain-json.js';
import { maximumEncodedBytes } from './size-budget.js';

/** JSON text as it is stored: contexts, responses and events are kept and passed on in this form. */
export type Json = string;

/** The saga to which a value belongs. */
export interface CodecPlace {
  readonly sagaId: string;
}

/**
 * Converts the values of a saga (contexts, responses, events, payloads of signals) into storable text and back. A saga
 * may have its own codec, for example to encrypt personal fields; its output must be JSON text.
 */
export interface ContextCodec {
  /**
   * Set by a codec that encrypts. The engine then also encodes texts that may repeat a value (messages of errors,
   * reasons, notes, titles), the log leaves them out, and a process that cannot decode a saga leaves the saga alone.
   */
  readonly encrypts?: true;
  /**
   * @param value The value to store.
   * @param path The name of the value in an error, for example `context` or `response`.
   * @param place Its saga. The engine always passes it.
   * @throws ContextNotStorableError with the path of the part that cannot be stored.
   */
  encode(value: unknown, path: string, place?: CodecPlace): Json;
  /** The inverse of `encode`, for the same place. Must return a new value for each call. */
  decode(json: Json, place?: CodecPlace): unknown;
}

/**
 * The default codec: JSON, with `Date` kept as a `Date`. A date is stored as `{"$date": "<ISO 8601>"}`, and an
 * application's key that looks like this mark gets one more `$`, as in MongoDB's Extended JSON and EJSON.
 */
export const jsonContextCodec: ContextCodec = {
  encode(value, path) {
    const json = plainJson(value) ?? checkedJson(value, path);
    checkSize(json, path);
    return json;
  },
  decode(json) {
    const value: unknown = JSON.parse(json);
    return json.includes('$date') ? withoutMarks(value) : value;
  },
};

/**
 * Refuses a text over 1 MiB. The engine applies it to the output of every codec.
 *
 * @throws ContextNotStorableError
 */
export function checkSize(json: Json, path: string): void {
  // UTF-8 needs at most three bytes for each UTF-16 unit, so small texts need no count.
  if (json.length * 3 <= maximumEncodedBytes) return;
  const bytes = encodedBytes(json);
  if (bytes <= maximumEncodedBytes) return;
  throw new ContextNotStorableError(
    path,
    `it takes ${bytes} bytes, over the limit of ${maximumEncodedBytes}. Store a reference instead`,
  );
}

/** The size of a text in bytes of UTF-8. */
export function encodedBytes(json: Json): number {
  return new TextEncoder().encode(json).length;
}

/**
 * The text of a value that needs neither marks nor a refusal, or undefined if `checkEncodable` has to decide. Texts and
 * keys are checked once in the whole output: it contains NUL and lone surrogates as escapes, as it does harmless
 * control characters, and a text may look like a key that matters.
 */
function plainJson(value: unknown): Json | undefined {
  if (!isPlainWithoutHarm(value)) return undefined;
  const json = JSON.stringify(withoutPrototype(value));
  const isSuspect = json.includes('\\u') || json.includes('$date') || json.includes('"__proto__"');
  return isSuspect ? undefined : json;
}

// A getter or a proxy that throws is refused by `checkEncodable`, which knows the path.
function isPlainWithoutHarm(value: unknown): boolean {
  try {
    return isPlainJson(value);
  } catch {
    return false;
  }
}

function checkedJson(value: unknown, path: string): Json {
  const needsMarks = checkEncodable(value, path);
  return JSON.stringify(needsMarks ? withMarks(value) : withoutPrototype(value));
}

const markKey = /^\$+date$/;
const escapedMarkKey = /^\$\$+date$/;

// The toJSON of a class must not decide what is stored, and only the root may be an instance of a class.
function withoutPrototype(value: unknown): unknown {
  return isRecord(value) ? { ...value } : value;
}

function withMarks(value: unknown): unknown {
  if (isDate(value)) return { $date: Date.prototype.toISOString.call(value) };
  if (Array.isArray(value)) return value.map(withMarks);
  if (!isRecord(value)) return value;
  return mapObject(value, (key) => (markKey.test(key) ? `$${key}` : key), withMarks);
}

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isRecord(value)) return value;
  if (typeof value['$date'] === 'string') return new Date(value['$date']);
  return mapObject(value, (key) => (escapedMarkKey.test(key) ? key.slice(1) : key), withoutMarks);
}

function mapObject(
  value: Readonly<Record<string, unknown>>,
  mapKey: (key: string) => string,
  mapValue: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, property]) => [mapKey(key), mapValue(property)]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
