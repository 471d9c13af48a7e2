import type { ContextClass } from './hydrate.js';

/** The property in which a class of events keeps the name under which it is stored, if that is not its own name. */
const storedName: unique symbol = Symbol.for('nest-saga.event-name') as never;

/** Sets the name under which events of a class are stored; its subclasses do not inherit it. */
export function nameEventClass(eventClass: object, name: string): void {
  Object.defineProperty(eventClass, storedName, { value: name, configurable: true });
}

/** The name under which events of a class are stored: the one that was set, else the class's own. */
export function nameOfEventClass(eventClass: object): string | undefined {
  const given: unknown = Object.hasOwn(eventClass, storedName)
    ? Reflect.get(eventClass, storedName)
    : undefined;
  const name: unknown = given ?? Reflect.get(eventClass, 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The class of an event. Plain objects, arrays and values that are not objects have none. */
export function classOfEvent(event: unknown): ContextClass | undefined {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined;
  const prototype = Object.getPrototypeOf(event) as object | null;
  const eventClass: unknown = prototype?.constructor;
  if (typeof eventClass !== 'function' || eventClass.name === 'Object') return undefined;
  return eventClass as unknown as ContextClass;
}
