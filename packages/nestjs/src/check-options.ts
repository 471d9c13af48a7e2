import { InvalidArgumentError } from '@nest-saga/core';

/**
 * The fields of an object that says how something is to be done, which may come from a request's body.
 *
 * @param argument Its name, as the method documents it.
 * @throws InvalidArgumentError where it is no object, or has a field that the method does not know.
 */
export function checkOptions(
  argument: string,
  options: unknown,
  known: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new InvalidArgumentError(argument, 'pass an object, or leave it out');
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `${argument}.${unknown.slice(0, 100)}`,
      `it takes ${[...known].join(', ')}`,
    );
  return { ...options };
}
