import { choose as declareChoose, when as declareWhen } from '@nest-saga/core/engine';
import type { ChoiceIdentity, ChooseOptions } from '@nest-saga/core/engine';
import type { ChooseStage, SagaStage, WhenStage } from './step-class.js';

/**
 * Declares stages that run only if a condition holds. The condition is asked once, with the context as it is when the
 * saga comes to these stages, and the answer is stored with the entry that leads there: no recovery and no later release
 * decides it again. Stages that are skipped have no undo.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param predicate Synchronous and pure. If it throws, the saga fails and is undone.
 * @param stages Any stages, choices among them.
 * @example
 * steps: [PackStep, when('gift', (order) => order.isGift, [WrapStep, CardStep]), ShipStep]
 */
export function when<Context>(
  id: string,
  predicate: (context: Context) => boolean,
  stages: readonly SagaStage<NoInfer<Context>>[],
  options: ChoiceIdentity = {},
): WhenStage<Context> {
  return declareWhen(id, predicate, stages, options);
}

/**
 * Declares several cases, of which one runs: the one with the name that `select` returns. It is asked once, as the
 * condition of {@link when} is.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param select Synchronous and pure. If it throws, the saga fails and is undone.
 * @param cases A stage or a list of stages for each name; a list may be empty. The names are stored, so keep them.
 * @example
 * steps: [
 *   choose('pay', (order) => order.method, { card: ChargeCardStep, invoice: [SendInvoiceStep] }, { otherwise: 'fail' }),
 * ]
 */
export function choose<Context>(
  id: string,
  select: (context: Context) => string | undefined,
  cases: Readonly<Record<string, SagaStage<NoInfer<Context>> | readonly SagaStage<NoInfer<Context>>[]>>,
  options: ChooseOptions = {},
): ChooseStage<Context> {
  return declareChoose(id, select, cases, options);
}
