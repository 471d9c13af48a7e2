import type { StepDefinition } from './saga-step.js';

/** The id of the branch for one item: `reserve-line[SKU-1]`. No id of a step has a bracket. */
export function itemId(step: string, key: string): string {
  return `${step}[${key}]`;
}

/** The step of the branch for one item. Its oldest id, and so its idempotency key, has the key of the item. */
export function itemStep(step: StepDefinition, key: string): StepDefinition {
  return { ...step, id: itemId(step.id, key), aliases: step.aliases.map((alias) => itemId(alias, key)) };
}

/** The key of the item in the id of a branch; undefined for an id without one. */
export function keyIn(id: string): string | undefined {
  const start = id.indexOf('[');
  return start < 0 || !id.endsWith(']') ? undefined : id.slice(start + 1, -1);
}
