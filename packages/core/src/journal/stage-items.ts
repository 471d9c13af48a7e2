import type { Json } from '../context/context-codec.js';
import { itemId } from '../definition/item-step.js';
import type { BranchState } from './branch-state.js';
import { isItems } from './guards.js';
import type { Decisions, StageItems } from './saga-path.js';

/** An item of a stage. */
export interface PlacedItem {
  /** From 0. */
  readonly index: number;
  readonly item: Json;
}

/** How many of these branches may run at the same time; undefined if all of them begin together. */
export function concurrencyOf(branches: readonly BranchState[], decisions: Decisions): number | undefined {
  const id = branches[0]?.branch;
  return id === undefined ? undefined : itemsOf(id, decisions)?.concurrency;
}

/** The item of a branch. */
export function itemOf(id: string, decisions: Decisions): PlacedItem | undefined {
  const items = itemsOf(id, decisions);
  const index = items?.keys.findIndex((key) => itemId(items.step, key) === id) ?? -1;
  const item = items?.items[index];
  return item === undefined ? undefined : { index, item };
}

/** The items of a stage, by the id of one of its branches. */
export function itemsOf(id: string, decisions: Decisions): StageItems | undefined {
  if (!id.endsWith(']')) return undefined;
  return Object.values(decisions)
    .filter(isItems)
    .find(({ step }) => id.startsWith(`${step}[`));
}
