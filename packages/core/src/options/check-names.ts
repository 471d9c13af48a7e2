import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isObject } from './option.js';
import { suggestName } from './suggest-name.js';

/**
 * The fields of an object that says how something is to be done, which may come from a request's body.
 *
 * @param argument Its name, as the method documents it; empty if the object's fields are documented by themselves.
 * @throws InvalidArgumentError where it is no object, or has a field that the method does not know.
 */
export function checkNames(
  argument: string,
  options: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isObject(options))
    throw new InvalidArgumentError(argument || 'options', 'pass an object, or leave it out');
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return { ...options };
  const shown = unknown.slice(0, 100);
  const meant = suggestName(unknown, known);
  const remedy = `it takes ${known.join(', ')}`;
  throw new InvalidArgumentError(
    argument === '' ? shown : `${argument}.${shown}`,
    meant === undefined ? remedy : `did you mean "${meant}"? ${remedy}`,
  );
}
