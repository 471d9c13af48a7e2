// A bound or proxied class has native code, too, but no name there.
const nativeFunction = /^function \w+\(\) \{ \[native code\] \}$/;

// Each context of a class is asked about at each step, and a text is slow to come by.
const known = new WeakMap<object, boolean>();

/** Whether a function comes with the language or the platform, in whichever realm. */
export function isNative(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  let answer = known.get(value);
  if (answer === undefined) {
    answer = nativeFunction.test(Function.prototype.toString.call(value));
    known.set(value, answer);
  }
  return answer;
}

/** Whether a value inherits from some realm's class of that name, where the class is one of the language's own. */
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
