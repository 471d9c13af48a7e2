import type { ContextCodec, Json } from '../context/context-codec.js';
import { isDate, isMap, isPlainArray, isPlainObject, isSet } from '../identity/values.js';

/** A stored context, and the codec that can read it. */
export interface StoredContext {
  readonly json: Json;
  readonly codec: ContextCodec;
}

/**
 * Whether two stored contexts are equal: the order of an object's keys does not count, nor do different texts that a
 * codec reads as one value, for example encrypted ones, which differ each time.
 *
 * @throws Errors of a codec that cannot read its context.
 */
export function isSameContext(one: StoredContext, other: StoredContext): boolean {
  if (one.json === other.json || isSameValue(JSON.parse(one.json), JSON.parse(other.json))) return true;
  return isSameValue(one.codec.decode(one.json), other.codec.decode(other.json));
}

function isSameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isRecord(one) || !isRecord(other)) return false;
  if (!isSameKind(one, other)) return false;
  if (isDate(one) && isDate(other))
    return Date.prototype.getTime.call(one) === Date.prototype.getTime.call(other);
  if (isMap(one) && isMap(other))
    return one.size === other.size && [...one].every(([key, value]) => isSameAt(value, other, key));
  if (isSet(one) && isSet(other))
    return one.size === other.size && [...one].every((value) => other.has(value));
  const keys = Object.keys(one);
  // Objects that hide their content cannot be compared.
  if (keys.length === 0 && !isTransparent(one)) return false;
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSameValue(one[key], other[key]))
  );
}

function isSameAt(value: unknown, other: ReadonlyMap<unknown, unknown>, key: unknown): boolean {
  return other.has(key) && isSameValue(value, other.get(key));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

// A codec may read one context in this realm and the other in another.
function isSameKind(one: object, other: object): boolean {
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  if (isTransparent(one) && isTransparent(other)) return true;
  return Object.getPrototypeOf(one) === Object.getPrototypeOf(other) || (isDate(one) && isDate(other));
}

function isTransparent(value: object): boolean {
  return isPlainArray(value) || isPlainObject(value);
}
