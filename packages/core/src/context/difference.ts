import { isDate, isMap, isPlainArray, isPlainObject, isSet } from '../identity/values.js';

/**
 * The path of the first difference between two decoded values, or undefined if they are equal. The order of an object's
 * keys does not count.
 */
export function differenceOf(one: unknown, other: unknown, path: string): string | undefined {
  if (Object.is(one, other)) return undefined;
  if (!isRecord(one) || !isRecord(other) || !isSameKind(one, other)) return path;
  if (isDate(one) && isDate(other))
    return Date.prototype.getTime.call(one) === Date.prototype.getTime.call(other) ? undefined : path;
  if (isMap(one) && isMap(other)) {
    const isSame = one.size === other.size && [...one].every(([key, value]) => isSameAt(value, other, key));
    return isSame ? undefined : path;
  }
  if (isSet(one) && isSet(other)) {
    const isSame = one.size === other.size && [...one].every((value) => other.has(value));
    return isSame ? undefined : path;
  }
  const keys = Object.keys(one);
  // Objects that hide their content cannot be compared.
  if (keys.length === 0 && !isTransparent(one)) return path;
  for (const key of keys) {
    const place = placeOf(path, key, Array.isArray(one));
    if (!Object.hasOwn(other, key)) return place;
    const difference = differenceOf(one[key], other[key], place);
    if (difference !== undefined) return difference;
  }
  const added = Object.keys(other).find((key) => !Object.hasOwn(one, key));
  return added === undefined ? undefined : placeOf(path, added, Array.isArray(one));
}

function placeOf(path: string, key: string, isList: boolean): string {
  return isList ? `${path}[${key}]` : `${path}.${key}`;
}

function isSameAt(value: unknown, other: ReadonlyMap<unknown, unknown>, key: unknown): boolean {
  return other.has(key) && differenceOf(value, other.get(key), '') === undefined;
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
