import type { DeclaredSaga, SagaStepHandler } from '@nest-saga/core';
import { SagaRegistry, defineSaga } from '@nest-saga/core';

/** A context near 200 bytes, as every benchmark here uses it. */
export class SampleContext {
  readonly orderId = 'order-0001';
  readonly customer = 'customer-4711';
  readonly address = '12 Station Road, 80331 Munich';
  readonly lines = [
    { sku: 'tea-assam-250', quantity: 2 },
    { sku: 'cup-white', quantity: 4 },
  ];
  readonly totalCents = 4_350;
  done = 0;
}

/** A saga of so many steps that count up in the context. */
export function sampleSaga(name: string, steps: number): DeclaredSaga {
  return {
    name,
    context: SampleContext,
    steps: Array.from({ length: steps }, (_, index) => ({
      id: `step-${index + 1}`,
      handler: () => countingStep,
    })),
  };
}

/** A registry with that one saga. */
export function sampleRegistry(steps = 3): SagaRegistry {
  return new SagaRegistry([defineSaga(sampleSaga('sample', steps))]);
}

const countingStep: SagaStepHandler<unknown> = {
  async act(context) {
    if (context instanceof SampleContext) context.done++;
    return { ok: true };
  },
  async compensate() {},
};
