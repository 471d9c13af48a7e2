import { Injectable } from '@nestjs/common';
import { NonRetryableError, Saga, SagaStep, type SagaStepHandler, type StepRun } from '@nest-saga/nestjs';

export class OrderContext {
  constructor(
    readonly item: string,
    readonly cents: number,
  ) {}
}

/** Stands for the services of a shop. Each call has a key, and a repeated call has no second effect. */
@Injectable()
export class Shop {
  private readonly effects = new Map<string, string>();

  do(key: string, effect: string): void {
    this.effects.set(key, effect);
  }

  undo(key: string | undefined): void {
    if (key !== undefined) this.effects.delete(key);
  }

  list(): readonly string[] {
    return [...this.effects.values()];
  }
}

@SagaStep('reserve')
export class ReserveStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly shop: Shop) {}

  async act({ item }: OrderContext, { idempotencyKey }: StepRun): Promise<void> {
    this.shop.do(idempotencyKey, `${item} reserved`);
  }

  async compensate(_order: OrderContext, { actIdempotencyKey }: StepRun): Promise<void> {
    this.shop.undo(actIdempotencyKey);
  }
}

@SagaStep('charge')
export class ChargeStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly shop: Shop) {}

  async act({ cents }: OrderContext, { idempotencyKey }: StepRun): Promise<void> {
    this.shop.do(idempotencyKey, `${cents} cents charged`);
  }

  async compensate(_order: OrderContext, { actIdempotencyKey }: StepRun): Promise<void> {
    this.shop.undo(actIdempotencyKey);
  }
}

@SagaStep('ship')
export class ShipStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly shop: Shop) {}

  async act({ item }: OrderContext, { idempotencyKey }: StepRun): Promise<void> {
    if (item === 'piano') throw new NonRetryableError('no carrier takes a piano');
    this.shop.do(idempotencyKey, `${item} shipped`);
  }

  async compensate(_order: OrderContext, { actIdempotencyKey }: StepRun): Promise<void> {
    this.shop.undo(actIdempotencyKey);
  }
}

@Saga(OrderContext, { name: 'order', version: 1, steps: [ReserveStep, ChargeStep, ShipStep] })
export class OrderSaga {}
