import { DiscoveryService } from '@nestjs/core';
import type { SagaStepOptions } from '@nest-saga/core';
import type { StepClassOf } from './step-class.js';

/** Marks step classes so that discovery finds them, and keeps their options. */
export const StepMetadata = DiscoveryService.createDecorator<SagaStepOptions>();

/**
 * Declares a provider as a step of sagas, under the id that the journal knows it by.
 *
 * A step of the kind `pivot` or `retriable` is never undone and has no `compensate`: it implements `ForwardStep`.
 *
 * @param options The id alone, or the id with the step's policies.
 * @example
 * ```ts
 * @SagaStep({ id: 'charge-card', retry: { maximumAttempts: 3 }, timeoutMs: 10_000 })
 * export class ChargeCardStep implements SagaStepHandler<OrderContext, Charge> {
 *   constructor(private readonly gateway: CardGateway) {}
 *   act(context: OrderContext, run: StepRun) {
 *     return this.gateway.charge(context.total, { idempotencyKey: run.idempotencyKey, signal: run.signal });
 *   }
 *   async compensate(context: OrderContext, run: StepRun<Charge>) {
 *     await this.gateway.refund(run.response, { idempotencyKey: run.idempotencyKey });
 *   }
 * }
 * ```
 */
export function SagaStep<const Options extends string | SagaStepOptions>(
  options: Options,
): (target: StepClassOf<Options>) => void {
  const stepOptions: SagaStepOptions = typeof options === 'string' ? { id: options } : options;
  return (target) => StepMetadata(stepOptions)(target);
}
