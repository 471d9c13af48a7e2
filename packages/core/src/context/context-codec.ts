import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import { isDate } from '../identity/values.js';
import { checkEncodable } from './check-encodable.js';
import { isPlainJson } from './is-plain-json.js';
import { maximumEncodedBytes } from './size-budget.js';

/** JSON text as it is stored: the one form in which contexts, responses and events travel and rest. */
export type Json = string;

/**
 * How the values of a saga (contexts, responses, events) become storable text and come back. A saga may bring its
 * own, for example to encrypt personal fields; what it returns must be JSON text.
 */
export interface ContextCodec {
  /**
   * @param value What is to be stored.
   * @param path What to call the value in an error, for example `context` or `response`.
   * @throws ContextNotStorableError naming the path of what cannot be stored.
   */
  encode(value: unknown, path: string): Json;
  /** The inverse of `encode`. Must give a fresh value at each call. */
  decode(json: Json): unknown;
}

/**
 * The default codec: JSON, with `Date` kept as a `Date`. A date travels as `{"$date": "<ISO 8601>"}`, and a key
 * of the application's own that looks like this mark gets one more `$`, as MongoDB's Extended JSON and EJSON do.
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
 * Refuses a text over 1 MiB. Applied by the engine to every codec's output.
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
 * The text of a value that needs neither marks nor a refusal, or undefined where a closer look has to tell. What its
 * texts and keys hold is asked once of the whole text: NUL and lone surrogates are escaped in it, as are harmless
 * control characters, and a key that matters may be a harmless text.
 */
function plainJson(value: unknown): Json | undefined {
  if (!isPlainWithoutHarm(value)) return undefined;
  const json = JSON.stringify(withoutPrototype(value));
  const isSuspect = json.includes('\\u') || json.includes('$date') || json.includes('"__proto__"');
  return isSuspect ? undefined : json;
}

// A getter or a proxy that throws is refused by the closer look, which knows the path.
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

// A class's own toJSON must not decide what is stored, and the root is the one place where a class may stand.
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
