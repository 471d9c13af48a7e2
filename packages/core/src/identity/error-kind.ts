/**
 * Where an error class of this package says its kind, so that a subclass with a `code` of its own is known by every copy
 * of the package. On the prototype, where no record of an error and no comparison in a test sees it.
 */
export const errorKind = Symbol.for('@nest-saga/core:error-kind');

/** Says the kind of a class and of all that extend it. */
export function markKind(errorClass: { readonly prototype: object }, code: string): void {
  Object.defineProperty(errorClass.prototype, errorKind, { value: code });
}
