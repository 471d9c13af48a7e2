// A bound or proxied class is native code, too, but has no name in its text.
const nativeFunction = /^function \w+\(\) \{ \[native code\] \}$/;

// Each context with a class is checked at each step, and the text of a function is slow to get.
const known = new WeakMap<object, boolean>();

/** Whether a function is built into the language or the platform, in any realm. */
export function isNative(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  let answer = known.get(value);
  if (answer === undefined) {
    answer = nativeFunction.test(Function.prototype.toString.call(value));
    known.set(value, answer);
  }
  return answer;
}

/** Whether a value inherits from the built-in class with that name, in any realm. */
export function isInheritedFrom(value: unknown, intrinsic: unknown): boolean {
  if (typeof value !== 'object' || value === null || typeof intrinsic !== 'function' || !isNative(intrinsic))
    return false;
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === 'object' && prototype !== null) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof constructor === 'function' && isNative(constructor) && constructor.name === intrinsic.name)
      return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}
