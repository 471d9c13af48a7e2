import { isNative } from './intrinsics.js';

/*
 * How values are told apart. Values come from other realms, too: a Jest test, a vm context and an iframe each have an
 * `Object`, an `Array` and a `Date` of their own. So the prototypes of this realm prove nothing, and `instanceof` says
 * no to another realm's values and yes to objects that only inherit.
 */

/** Whether an object is as JSON makes it: its prototype is null, or has none itself, as every realm's `Object.prototype`. */
export function isPlainObject(value: object): boolean {
  return isPlainPrototype(Object.getPrototypeOf(value));
}

/** Whether an array is a plain one: of any realm, but of no class of its own. */
export function isPlainArray(value: object): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The `Array.prototype` of each realm is an array itself; the prototype of a class that extends `Array` is none.
  return prototype === Array.prototype || (Array.isArray(prototype) && isPlainObject(prototype));
}

/** Whether a value is a date, by what it holds: of any realm, and never an object that only inherits from `Date`. */
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
 * Whether an instance keeps state that its own properties do not show: a platform's object, such as a `Map`, an
 * `Error`, a boxed text, a generator or a `URL`, and whatever extends one; and an instance without a field whose class
 * has members nevertheless, which must work on `#private` fields. A class that is empty altogether hides nothing.
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

/** The tag that the platform gives; undefined where a `Symbol.toStringTag` speaks instead. */
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
