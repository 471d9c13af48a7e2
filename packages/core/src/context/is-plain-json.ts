import { hidesState, isDate, isPlainArray, isPlainObject } from '../identity/values.js';
import { maximumDepth } from './check-encodable.js';
import { SizeBudget } from './size-budget.js';

/**
 * Whether a value is made of nothing but finite numbers, texts, booleans, null, plain objects and arrays, however its
 * texts and keys look, and is not too large for certain: the quick answer for nearly every value. False says nothing:
 * `checkEncodable` finds out what is the matter. A cycle is too deep. The root may be an instance of a class whose
 * state is in its fields, but no array and no `Date`.
 */
export function isPlainJson(value: unknown): boolean {
  const budget = new SizeBudget();
  if (typeof value !== 'object' || value === null) return isPlain(value, 1, budget);
  if (Array.isArray(value) || isDate(value)) return false;
  return (isPlainObject(value) || !hidesState(value)) && hasPlainProperties(value, 1, budget);
}

function isPlain(value: unknown, depth: number, budget: SizeBudget): boolean {
  if (!budget.takes(value)) return false;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || isPlainInside(value, depth, budget);
    default:
      return false;
  }
}

function isPlainInside(value: object, depth: number, budget: SizeBudget): boolean {
  if (depth > maximumDepth) return false;
  if (Array.isArray(value)) return isPlainArray(value) && hasPlainItems(value, depth, budget);
  return isPlainObject(value) && hasPlainProperties(value, depth, budget);
}

function hasPlainProperties(value: object, depth: number, budget: SizeBudget): boolean {
  const keys = Object.keys(value);
  for (const key of keys) {
    const property: unknown = (value as Record<string, unknown>)[key];
    if (property === undefined) continue;
    if (!budget.takesKey(key) || !isPlain(property, depth + 1, budget)) return false;
  }
  // Asked in two questions, which V8 answers in a third of the time of `Reflect.ownKeys`.
  return (
    Object.getOwnPropertyNames(value).length === keys.length &&
    Object.getOwnPropertySymbols(value).length === 0
  );
}

function hasPlainItems(values: readonly unknown[], depth: number, budget: SizeBudget): boolean {
  for (const item of values) {
    if (!isPlain(item, depth + 1, budget)) return false;
  }
  // The length is an array's own property, too.
  return Reflect.ownKeys(values).length === values.length + 1;
}
