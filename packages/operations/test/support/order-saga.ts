import { Injectable } from '@nestjs/common';
import { approval, Saga, SagaStep, sagaSignal, waitFor } from '@nest-saga/nestjs';
import type { SagaStepHandler, StepRun } from '@nest-saga/nestjs';

/** How the steps of the tests answer, by call: `charge:act`. */
@Injectable()
export class Answers {
  readonly by = new Map<string, () => unknown>();

  give(run: StepRun, action: 'act' | 'compensate'): unknown {
    return this.by.get(`${run.step}:${action}`)?.();
  }
}

export class OrderContext {
  constructor(
    readonly item: string,
    readonly card = '4111 1111 1111 1111',
  ) {}
}

@Injectable()
abstract class AnsweredStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly answers: Answers) {}

  async act(_context: OrderContext, run: StepRun): Promise<unknown> {
    return this.answers.give(run, 'act');
  }

  async compensate(_context: OrderContext, run: StepRun): Promise<void> {
    await this.answers.give(run, 'compensate');
  }
}

@SagaStep('reserve')
export class ReserveStep extends AnsweredStep {}

@SagaStep('charge')
export class ChargeStep extends AnsweredStep {}

@SagaStep('ship')
export class ShipStep extends AnsweredStep {}

@Saga({
  name: 'order',
  context: OrderContext,
  retry: { maximumAttempts: 1 },
  compensation: { maximumAttempts: 1, onExhausted: 'halt' },
  steps: [ReserveStep, ChargeStep, ShipStep],
})
export class OrderSaga {}

export class RefundContext {
  constructor(
    readonly cents: number,
    readonly requestedBy: string,
  ) {}
}

@SagaStep('pay-back')
export class PayBackStep implements SagaStepHandler<RefundContext> {
  act(): string {
    return 'paid back';
  }

  compensate(): void {}
}

export const delivered = sagaSignal('parcel.delivered');

@Saga(RefundContext, {
  name: 'refund',
  steps: [
    approval('big-refund', {
      roles: ['finance'],
      title: (refund) => `Refund ${refund.cents / 100} euros`,
      notBy: (refund) => refund.requestedBy,
    }),
    waitFor('parcel', [delivered]),
    PayBackStep,
  ],
})
export class RefundSaga {}

export const orderProviders = [
  Answers,
  OrderSaga,
  RefundSaga,
  ReserveStep,
  ChargeStep,
  ShipStep,
  PayBackStep,
];
