import { ReplyNotStorableError } from '../errors/reply-not-storable-error.js';

/** Deep enough for every reply, and a cycle ends there. */
const maximumDepth = 64;

/**
 * The JSON text of a reply; undefined if there is none. Properties that are undefined are left out.
 *
 * @throws ReplyNotStorableError with the path of the first part that JSON would change.
 */
export function replyText(reply: unknown): string | undefined {
  if (reply === undefined) return undefined;
  check(reply, 'reply', 1);
  return JSON.stringify(reply);
}

function check(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new ReplyNotStorableError(path, String(value));
    return;
  }
  if (typeof value !== 'object')
    throw new ReplyNotStorableError(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  if (depth > maximumDepth)
    throw new ReplyNotStorableError(path, `deeper than ${maximumDepth} levels, perhaps in a cycle`);
  if (Array.isArray(value)) {
    // A loop by index also finds the holes.
    for (let index = 0; index < value.length; index++) check(value[index], `${path}[${index}]`, depth + 1);
    return;
  }
  checkPlain(value, path);
  for (const [key, property] of Object.entries(value))
    if (property !== undefined) check(property, `${path}.${key.slice(0, 100)}`, depth + 1);
}

function checkPlain(value: object, path: string): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (value instanceof Date)
    throw new ReplyNotStorableError(path, 'a Date, which would come back as text: return toISOString()');
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new ReplyNotStorableError(
      path,
      `an instance of ${value.constructor.name}: return an object of its fields`,
    );
  if (typeof Reflect.get(value, 'toJSON') === 'function')
    throw new ReplyNotStorableError(path, 'an object with a toJSON method');
}
