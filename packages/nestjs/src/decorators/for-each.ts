import type { ForEach, ForEachOptions } from '@nest-saga/core/engine';
import { forEach as declareForEach } from '@nest-saga/core/engine';
import type { BranchResult } from './parallel.js';
import type { SagaStepReference } from './step-class.js';

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
export function forEach<Context, Item, const Step extends SagaStepReference>(
  id: string,
  items: (context: Context) => readonly Item[],
  step: Step,
  options: ForEachOptions<Context, NoInfer<Item>, BranchResult<Step>>,
): ForEach<Step, Context> {
  return declareForEach<Step, Context, Item, BranchResult<Step>>(id, items, step, options);
}
