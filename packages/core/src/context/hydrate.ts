/** A class whose instances are a saga's context. Its constructor is not called when a context is read. */
export type ContextClass<Context = unknown> = abstract new (...args: never[]) => Context;

/**
 * Restores the class of a decoded context, so that its methods work after a recovery as they did before. The
 * constructor is not called, because the journal has the fields that it made. Nor is a setter: each field becomes an
 * own property of the instance, even if the class inherits an accessor of that name.
 */
export function hydrate(contextClass: ContextClass | undefined, decoded: unknown): unknown {
  if (contextClass === undefined || typeof decoded !== 'object' || decoded === null) return decoded;
  if (decoded instanceof contextClass) return decoded;
  const instance: object = Object.create(contextClass.prototype as object) as object;
  for (const key of Object.keys(decoded)) {
    // A journal that was edited by hand must not change the prototype.
    if (key === '__proto__') continue;
    const value: unknown = Reflect.get(decoded, key);
    // hot path: to define a property takes several times as long as to assign it.
    if (key in instance) define(instance, key, value);
    else (instance as Record<string, unknown>)[key] = value;
  }
  return instance;
}

function define(instance: object, key: string, value: unknown): void {
  Object.defineProperty(instance, key, { value, writable: true, enumerable: true, configurable: true });
}
