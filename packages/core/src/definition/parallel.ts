import { isObject } from '../options/option.js';
import type { OptionsOf } from '../options/option.js';
import type { branchesTable } from './parallel-table.js';

/** The common options of the stages with branches. */
export interface BranchesOptions extends OptionsOf<typeof branchesTable> {}

/** The options of a parallel stage. */
export interface ParallelOptions<
  Context = never,
  Results extends readonly unknown[] = never,
> extends BranchesOptions {
  /**
   * Puts the results of the branches, in their declared order, into the context: it changes the context, or returns
   * another one. Synchronous, and called when the last branch has completed. An error of it fails the stage.
   */
  readonly join?: (context: Context, results: Results) => Context | void;
}

/** A stage whose steps run side by side: see {@link parallel}. */
export interface Parallel<Branch, Context = never> extends BranchesOptions {
  readonly kind: 'parallel';
  readonly id: string;
  readonly branches: readonly Branch[];
  readonly join?: (context: Context, results: never) => unknown;
}

/** The largest number of branches in a parallel stage. */
export const maximumBranches = 64;

/**
 * Declares a stage whose steps run side by side. Each of them sees the context as it was before the stage and must not
 * change it; `join` puts their results into the context.
 *
 * If a branch fails for good, no further act starts, the others end, and everything is undone.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param branches From 2 to 64 steps and fallbacks.
 * @example
 * steps: [parallel('prepare', [ReserveStep, fallback(ChargeCardStep, SendInvoiceStep), BookCarrierStep])]
 */
export function parallel<Branch, Context = never, Results extends readonly unknown[] = never>(
  id: string,
  branches: readonly Branch[],
  options: ParallelOptions<Context, Results> = {},
): Parallel<Branch, Context> {
  // A value that is not an object is kept, so that the check of the saga reports it.
  const given = isObject(options) ? options : ({ options } as never);
  return { ...(given as ParallelOptions<Context>), kind: 'parallel', id, branches };
}

/** Whether a declared stage is a parallel one. */
export function isParallel(declared: unknown): declared is Parallel<unknown> {
  return typeof declared === 'object' && declared !== null && Reflect.get(declared, 'kind') === 'parallel';
}
