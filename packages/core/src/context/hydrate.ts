/** A class whose instances are a saga's context. Its constructor is not called when a context comes back. */
export type ContextClass<Context = unknown> = abstract new (...args: never[]) => Context;

/**
 * Gives a decoded context its class back, so that its methods work after a recovery as they did before. The
 * constructor is not called: the journal holds the fields it made.
 */
export function hydrate(contextClass: ContextClass | undefined, decoded: unknown): unknown {
  if (contextClass === undefined || typeof decoded !== 'object' || decoded === null) return decoded;
  if (decoded instanceof contextClass) return decoded;
  // A journal edited by hand must not reach the prototype.
  if (Object.hasOwn(decoded, '__proto__')) Reflect.deleteProperty(decoded, '__proto__');
  return Object.assign(Object.create(contextClass.prototype as object) as object, decoded);
}
