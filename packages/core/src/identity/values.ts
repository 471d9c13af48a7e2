import { isNative } from './intrinsics.js';

/*
 * Recognizes values. They also come from other realms: a Jest test, a vm context and an iframe each have their own
 * `Object`, `Array` and `Date`. So the prototypes of this realm prove nothing: `instanceof` is false for the values of
 * another realm, and true for objects that only inherit.
 */

/**
 * Whether an object is like those from JSON: its prototype is null, or has none itself, as the `Object.prototype` of
 * every realm.
 */
export function isPlainObject(value: object): boolean {
  return isPlainPrototype(Object.getPrototypeOf(value));
}

/** Whether an array is a plain one: of any realm, but not of a subclass. */
export function isPlainArray(value: object): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The `Array.prototype` of each realm is an array itself; the prototype of a subclass of `Array` is not.
  return prototype === Array.prototype || (Array.isArray(prototype) && isPlainObject(prototype));
}

/**
 * Whether a value is a date, by its internal state: of any realm, and never an object that only inherits from `Date`.
 */
export function isDate(value: unknown): value is Date {
  return tagOf(value) === '[object Date]' && timeOf(value) !== undefined;
}

/** Whether a value is a `Map` of any realm. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return tagOf(value) === '[object Map]' && holds(() => Map.prototype.has.call(value, undefined));
}

/** Whether a value is a `Set` of any realm. */
export function isSet(value: unknown): value is ReadonlySet<unknown> {
  return tagOf(value) === '[object Set]' && holds(() => Set.prototype.has.call(value, undefined));
}

/**
 * Whether an instance has state that its own properties do not show: a built-in object, such as a `Map`, an `Error`, a
 * boxed text, a generator or a `URL`, or an instance of a subclass; and an instance without fields whose class has
 * members, which must use `#private` fields. A class without members hides nothing.
 */
export function hidesState(instance: object): boolean {
  const tag = builtInTag(instance);
  if (tag !== undefined && tag !== '[object Object]') return true;
  const hasFields = Object.keys(instance).length > 0 || Reflect.ownKeys(instance).length > 0;
  for (
    let prototype: unknown = Object.getPrototypeOf(instance);
    isReference(prototype) && Object.getPrototypeOf(prototype) !== null;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    if (isOfPlatform(prototype)) return true;
    if (!hasFields && !isBare(prototype)) return true;
  }
  return false;
}

function isPlainPrototype(prototype: unknown): boolean {
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null;
}

function isReference(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function tagOf(value: unknown): string | undefined {
  return isReference(value) ? Object.prototype.toString.call(value) : undefined;
}

/** The built-in tag; undefined if a `Symbol.toStringTag` replaces it. */
function builtInTag(value: object): string | undefined {
  return Symbol.toStringTag in value ? undefined : tagOf(value);
}

function timeOf(value: unknown): number | undefined {
  try {
    return Date.prototype.getTime.call(value);
  } catch {
    return undefined;
  }
}

function holds(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch {
    return false;
  }
}

function isOfPlatform(prototype: object): boolean {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const isTagged = Object.hasOwn(prototype, Symbol.toStringTag);
  if (typeof constructor !== 'function') return isTagged;
  if (isNative(constructor)) return true;
  return isTagged && Reflect.get(globalThis, constructor.name) === constructor;
}

function isBare(prototype: object): boolean {
  return Reflect.ownKeys(prototype).every((key) => key === 'constructor');
}
