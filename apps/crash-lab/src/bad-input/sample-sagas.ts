import { Injectable } from '@nestjs/common';
import { NonRetryableError, Saga, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler, StepRun } from '@nest-saga/nestjs';

/** A context with any fields. */
export class AnyContext {
  constructor(fields: object) {
    Object.assign(this, fields);
  }
}

/** The context of a saga that gets stuck. */
export class StuckContext {}

/** The context of a saga that waits. */
export class WaitingContext {}

/** The contexts that the handlers got, and the signal for which they wait. */
@Injectable()
export class Handlers {
  readonly seen: unknown[] = [];
  private open: () => void = () => undefined;
  readonly gate = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  openGate(): void {
    this.open();
  }
}

@SagaStep('look')
class LookStep implements SagaStepHandler<AnyContext> {
  constructor(private readonly handlers: Handlers) {}

  act(context: AnyContext): void {
    this.handlers.seen.push(context);
  }

  compensate(): void {}
}

@SagaStep('prepare')
class PrepareStep implements SagaStepHandler<StuckContext> {
  act(): void {}

  compensate(): void {
    throw new NonRetryableError('it cannot be undone');
  }
}

@SagaStep('explode')
class ExplodeStep implements SagaStepHandler<StuckContext> {
  act(): void {
    throw new NonRetryableError('it failed');
  }

  compensate(): void {}
}

@SagaStep('wait')
class WaitStep implements SagaStepHandler<WaitingContext> {
  constructor(private readonly handlers: Handlers) {}

  async act(_context: WaitingContext, { signal }: StepRun): Promise<void> {
    await Promise.race([this.handlers.gate, aborted(signal)]);
  }

  compensate(): void {}
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

@Saga({ name: 'any', context: AnyContext, steps: [LookStep] })
class AnySaga {}

@Saga({ name: 'stuck', context: StuckContext, steps: [PrepareStep, ExplodeStep] })
class StuckSaga {}

@Saga({ name: 'waiting', context: WaitingContext, steps: [WaitStep] })
class WaitingSaga {}

/** The sagas and their steps. */
export const sampleProviders = [
  Handlers,
  AnySaga,
  LookStep,
  StuckSaga,
  PrepareStep,
  ExplodeStep,
  WaitingSaga,
  WaitStep,
];
