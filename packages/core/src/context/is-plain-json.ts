import { maximumDepth } from './check-encodable.js';

/**
 * Whether a value is made of nothing but finite numbers, texts, booleans, null, plain objects and arrays, however its
 * texts and keys look: the quick answer for nearly every value. False says nothing: `checkEncodable` finds out what
 * is the matter. A cycle is too deep. The root may be an instance of a class, but no array and no `Date`.
 */
export function isPlainJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isPlain(value, 1);
  return !Array.isArray(value) && !(value instanceof Date) && hasPlainProperties(value, 1);
}

function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || isPlainObject(value, depth);
    default:
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (depth > maximumDepth) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return hasPlainProperties(value, depth);
  return prototype === Array.prototype && Array.isArray(value) && hasPlainItems(value, depth);
}

function hasPlainProperties(value: object, depth: number): boolean {
  for (const key of Object.keys(value)) {
    const property: unknown = (value as Record<string, unknown>)[key];
    if (property !== undefined && !isPlain(property, depth + 1)) return false;
  }
  return Object.getOwnPropertySymbols(value).length === 0;
}

function hasPlainItems(values: readonly unknown[], depth: number): boolean {
  for (const item of values) {
    if (!isPlain(item, depth + 1)) return false;
  }
  return Object.keys(values).length === values.length;
}
