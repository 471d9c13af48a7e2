import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { isObject } from './option.js';
import { suggestName } from './suggest-name.js';

/**
 * Checks the names of an options object, which may come from the body of a request.
 *
 * @param argument The argument's name in the documentation of the method; empty if the fields of the object are
 * documented as arguments.
 * @throws InvalidArgumentError if it is not an object, or has a field that the method does not know.
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
