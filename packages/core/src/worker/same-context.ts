import type { ContextCodec, Json } from '../context/context-codec.js';

/** A context as it is stored, and the codec that can read it. */
export interface StoredContext {
  readonly json: Json;
  readonly codec: ContextCodec;
}

/**
 * Whether two stored contexts say the same: the order of an object's keys does not count, nor how a codec writes what
 * it reads back as one value, such as encryption, which gives another text each time.
 *
 * @throws What a codec throws that cannot read its context.
 */
export function isSameContext(one: StoredContext, other: StoredContext): boolean {
  if (one.json === other.json || isSameValue(JSON.parse(one.json), JSON.parse(other.json))) return true;
  return isSameValue(one.codec.decode(one.json), other.codec.decode(other.json));
}

function isSameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (one instanceof Map && other instanceof Map)
    return one.size === other.size && [...one].every(([key, value]) => isSameAt(value, other, key));
  if (one instanceof Set && other instanceof Set)
    return one.size === other.size && [...one].every((value) => other.has(value));
  const keys = Object.keys(one);
  // What hides its content cannot be shown to be the same.
  if (keys.length === 0 && !isTransparent(one)) return false;
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSameValue(one[key], other[key]))
  );
}

function isSameAt(value: unknown, other: ReadonlyMap<unknown, unknown>, key: unknown): boolean {
  return other.has(key) && isSameValue(value, other.get(key));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isTransparent(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
