import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';

/** Adds a problem when a value is set and not in its range. */
export function checkRange(
  problems: SagaDefinitionProblem[],
  where: string,
  option: string,
  value: unknown,
  isInRange: (value: unknown) => boolean,
  range: string,
): void {
  if (value === undefined || isInRange(value)) return;
  problems.push({ where, problem: `${option} is ${show(value)}`, remedy: `Set it to ${range}` });
}

/** A value that was refused, short enough for a message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || value === null || value === undefined) return String(value);
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
