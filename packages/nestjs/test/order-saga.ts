import { Injectable } from '@nestjs/common';
import { Saga, SagaStep } from '../src/index.js';
import type { SagaStepHandler, StepRun } from '../src/index.js';

/** The calls of the test's steps, and the answers that they give. */
@Injectable()
export class Calls {
  readonly made: string[] = [];
  /** A step's action, for example `ship:act`, and how it answers. */
  readonly answers = new Map<string, () => unknown>();
  /** Is shown each attempt before it answers. */
  onRun: (run: StepRun) => void = () => undefined;

  make(run: StepRun, action: 'act' | 'compensate'): unknown {
    const call = `${run.step}:${action}`;
    this.made.push(call);
    this.onRun(run);
    return this.answers.get(call)?.();
  }
}

export class OrderContext {
  reservationId?: string;

  constructor(readonly item: string) {}

  label(): string {
    return `order of ${this.item}`;
  }
}

@SagaStep('reserve')
export class ReserveStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly calls: Calls) {}

  async act(context: OrderContext, run: StepRun): Promise<unknown> {
    context.reservationId = `reservation of ${context.item}`;
    return this.calls.make(run, 'act');
  }

  async compensate(_context: OrderContext, run: StepRun): Promise<void> {
    await this.calls.make(run, 'compensate');
  }
}

@SagaStep('charge')
export class ChargeStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly calls: Calls) {}

  async act(_context: OrderContext, run: StepRun): Promise<unknown> {
    return this.calls.make(run, 'act');
  }

  async compensate(_context: OrderContext, run: StepRun): Promise<void> {
    await this.calls.make(run, 'compensate');
  }
}

@SagaStep('ship')
export class ShipStep implements SagaStepHandler<OrderContext> {
  constructor(private readonly calls: Calls) {}

  async act(_context: OrderContext, run: StepRun): Promise<unknown> {
    return this.calls.make(run, 'act');
  }

  async compensate(_context: OrderContext, run: StepRun): Promise<void> {
    await this.calls.make(run, 'compensate');
  }
}

@Saga({ name: 'order', context: OrderContext, steps: [ReserveStep, ChargeStep, ShipStep] })
export class OrderSaga {}

export const orderProviders = [Calls, OrderSaga, ReserveStep, ChargeStep, ShipStep];
