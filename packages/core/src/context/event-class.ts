import type { ContextClass } from './hydrate.js';

/** Where a class of events keeps the name that it is stored under, if that is not its own. */
const storedName: unique symbol = Symbol.for('nest-saga.event-name') as never;

/** Gives a class of events a name of its own choice to be stored under; its subclasses do not inherit it. */
export function nameEventClass(eventClass: object, name: string): void {
  Object.defineProperty(eventClass, storedName, { value: name, configurable: true });
}

/** The name that events of a class are stored under: the one it was given, else the class's own. */
export function nameOfEventClass(eventClass: object): string | undefined {
  const given: unknown = Object.hasOwn(eventClass, storedName)
    ? Reflect.get(eventClass, storedName)
    : undefined;
  const name: unknown = given ?? Reflect.get(eventClass, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The class of an event. A plain object, an array and what is no object have none. */
export function classOfEvent(event: unknown): ContextClass | undefined {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined;
  const prototype = Object.getPrototypeOf(event) as object | null;
  const eventClass: unknown = prototype?.constructor;
  if (typeof eventClass !== 'function' || eventClass.name === 'Object') return undefined;
  return eventClass as unknown as ContextClass;
}
