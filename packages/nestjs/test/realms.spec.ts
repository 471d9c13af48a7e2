import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Saga, SagaStep } from '../src/index.js';
import type { SagaStepHandler, StepRun } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';

/** Values that the runtime makes itself are not of the realm in which Jest runs the tests. */
const fetched = async (): Promise<unknown> =>
  (await fetch('data:application/json,{"id":"ch_1","items":[{"sku":"a"}]}')).json();
const charge = { id: 'ch_1', items: [{ sku: 'a' }], at: new Date(5) };

class OrderContext {
  found: unknown;
  constructor(readonly given: unknown) {}
}

@Injectable()
class Seen {
  readonly responses: unknown[] = [];
  calls = 0;
}

@SagaStep('charge')
class ChargeStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly seen: Seen) {}

  async act(context: OrderContext, run: StepRun): Promise<unknown> {
    context.found = await fetched();
    run.emit(structuredClone(charge));
    return structuredClone(charge);
  }

  async compensate(context: OrderContext, { response }: StepRun): Promise<void> {
    this.seen.responses.push(context.found, response);
  }
}

@SagaStep({
  id: 'ship',
  retry: { maximumAttempts: 3, initialIntervalMs: 0, nonRetryableErrors: [TypeError] },
})
class ShipStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly seen: Seen) {}

  async act(): Promise<void> {
    this.seen.calls++;
    // The runtime's own TypeError.
    await fetch('no-url');
  }

  compensate(): void {}
}

@Saga(OrderContext, { name: 'order', steps: [ChargeStep, ShipStep] })
class OrderSaga {}

describe('values of another realm, as a test in Jest has them', () => {
  afterEach(closeApps);

  it('are stored in a context, a response and an event, and their errors are known by their class', async () => {
    expect(Object.getPrototypeOf(await fetched())).not.toBe(Object.prototype);
    const { app, sagas } = await openApp([OrderSaga, ChargeStep, ShipStep, Seen]);
    const { sagaId, outcome } = await sagas.start(new OrderContext(structuredClone(charge)));
    expect(await outcome()).toMatchObject({
      status: 'failed',
      failure: { step: 'ship', errorName: 'TypeError' },
    });
    const seen = app.get(Seen);
    expect(seen.calls).toBe(1);
    expect(seen.responses).toEqual([{ id: 'ch_1', items: [{ sku: 'a' }] }, charge]);
    expect(await sagas.find(sagaId)).toMatchObject({ startContext: { given: charge } });
    expect((await sagas.history(sagaId))[0]).toHaveProperty('events');
  });
});
