import type { Fallback } from '@nest-saga/core';
import { parallel as declareParallel } from '@nest-saga/core/engine';
import type { Parallel, ParallelOptions } from '@nest-saga/core/engine';
import type { SagaBranch, StepUse } from './step-class.js';

/** The result of a branch: what its act returns, or one of the results of a fallback. */
export type BranchResult<Branch> =
  Branch extends StepUse<never, infer StepClass>
    ? BranchResult<StepClass>
    : Branch extends Fallback<infer Side>
      ? BranchResult<Side>
      : Branch extends abstract new (...dependencies: never[]) => { act(...given: never[]): infer Result }
        ? Awaited<Result>
        : unknown;

/** The results of branches, in their declared order. */
export type BranchResults<Branches extends readonly unknown[]> = {
  readonly [index in keyof Branches]: BranchResult<Branches[index]>;
};

/**
 * Declares a stage whose steps run side by side. Each of them sees the context as it was before the stage and must not
 * change it; `join` puts their results into the context.
 *
 * If a branch fails for good, no further act starts, the others end, and everything is undone.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param branches From 2 to 64 steps and fallbacks.
 * @example
 * steps: [
 *   parallel('prepare', [ReserveStep, fallback(ChargeCardStep, SendInvoiceStep), BookCarrierStep], {
 *     join: (order, [reservation, charge, booking]) => order.prepared(reservation, charge, booking),
 *   }),
 * ]
 */
export function parallel<Context, const Branches extends readonly SagaBranch[]>(
  id: string,
  branches: Branches,
  options: ParallelOptions<Context, BranchResults<Branches>> = {},
): Parallel<Branches[number], Context> {
  return declareParallel<Branches[number], Context, BranchResults<Branches>>(id, branches, options);
}
