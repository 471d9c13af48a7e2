import { isObject } from '../options/option.js';
import type { OptionsOf } from '../options/option.js';
import type { BranchesOptions } from './parallel.js';
import type { forEachTable } from './parallel-table.js';

type Limits = Pick<OptionsOf<typeof forEachTable>, 'concurrency'>;

/** The options of a stage that runs one step for each item. */
export interface ForEachOptions<Context = never, Item = never, Result = never>
  extends BranchesOptions, Limits {
  /**
   * A text that identifies an item among the others, from 1 to 60 characters: it is part of the id of the branch and of
   * the idempotency key. Synchronous and pure.
   */
  readonly key: (item: Item) => string;
  /**
   * Puts the results, in the order of the items, into the context: it changes the context, or returns another one.
   * Synchronous, and called when the last branch has completed. An error of it fails the stage.
   */
  readonly join?: (context: Context, results: readonly Result[]) => Context | void;
}

/** A stage that runs one step for each item, several at a time: see {@link forEach}. */
export interface ForEach<Step, Context = never> extends BranchesOptions, Limits {
  readonly kind: 'for-each';
  readonly id: string;
  readonly items: (context: Context) => readonly unknown[];
  readonly step: Step;
  readonly key: (item: never) => string;
  readonly join?: (context: Context, results: never) => unknown;
}

/** The largest number of items of one stage. */
export const maximumItems = 1_000;

/**
 * Declares a stage that runs one step for each item of the context, several at a time. The items are read once and
 * stored with the entry that leads to the stage; `run.item` and `run.index` have them. Without an item, the stage is
 * skipped.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param items Synchronous and pure: at most 1,000 storable values. If it throws, the saga fails and is undone.
 * @example
 * steps: [forEach('lines', (order) => order.lines, ReserveLineStep, { key: (line) => line.sku, concurrency: 4 })]
 */
export function forEach<Step, Context, Item, Result = unknown>(
  id: string,
  items: (context: Context) => readonly Item[],
  step: Step,
  options: ForEachOptions<Context, Item, Result>,
): ForEach<Step, Context> {
  // A value that is not an object is kept, so that the check of the saga reports it.
  const given = isObject(options) ? options : ({ options } as never);
  return { ...(given as ForEachOptions<Context>), kind: 'for-each', id, items, step };
}

/** Whether a declared stage runs one step for each item. */
export function isForEach(declared: unknown): declared is ForEach<unknown> {
  return typeof declared === 'object' && declared !== null && Reflect.get(declared, 'kind') === 'for-each';
}
