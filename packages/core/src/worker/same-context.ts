import type { Json } from '../context/context-codec.js';

/** Whether two encoded contexts say the same: the order of an object's keys does not count. */
export function isSameContext(one: Json, other: Json): boolean {
  return one === other || canonical(JSON.parse(one)) === canonical(JSON.parse(other));
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const properties = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${properties.map(([key, property]) => `${JSON.stringify(key)}:${canonical(property)}`).join(',')}}`;
}
