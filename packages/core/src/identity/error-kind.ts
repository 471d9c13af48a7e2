/**
 * The property in which an error class of this package keeps its kind, so that every copy of the package recognizes a
 * subclass with its own `code`. It is on the prototype, so that records of errors and comparisons in tests do not see
 * it.
 */
export const errorKind = Symbol.for('@nest-saga/core:error-kind');

/** Sets the kind of a class and of its subclasses. */
export function markKind(errorClass: { readonly prototype: object }, code: string): void {
  Object.defineProperty(errorClass.prototype, errorKind, { value: code });
}
