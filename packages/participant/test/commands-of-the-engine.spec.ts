import { Test } from '@nestjs/testing';
import { Saga, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler, StepRun } from '@nest-saga/nestjs';
import { commandHeaders, commandOf } from '../src/command/command-headers.js';
import type { SagaCommand } from '../src/command/saga-command.js';

class OrderContext {}

const commands: SagaCommand[] = [];
const send = (run: StepRun): void => void commands.push(commandOf(commandHeaders(run)));

@SagaStep({ id: 'charge-card', aliases: ['charge', 'pay'] })
class ChargeStep implements SagaStepHandler<OrderContext> {
  async act(_order: OrderContext, run: StepRun): Promise<void> {
    send(run);
  }
  async compensate(_order: OrderContext, run: StepRun): Promise<void> {
    send(run);
  }
}

@SagaStep('ship')
class ShipStep implements SagaStepHandler<OrderContext> {
  async act(_order: OrderContext, run: StepRun): Promise<void> {
    send(run);
    throw new Error('no parcel fits');
  }
  async compensate(): Promise<void> {}
}

@Saga(OrderContext, { name: 'order', version: 1, steps: [ChargeStep, ShipStep] })
class OrderSaga {}

describe('the commands of a saga that runs', () => {
  it('name the step by its oldest id, so that its undo finds the act of an older release', async () => {
    const nothing = (): void => undefined;
    const app = await Test.createTestingModule({
      imports: [SagaModule.forRoot()],
      providers: [OrderSaga, ChargeStep, ShipStep],
    })
      .setLogger({ log: nothing, warn: nothing, error: nothing })
      .compile();
    await app.init();
    const handle = await app.get(SagaOrchestrator).start(new OrderContext());
    await handle.outcome();
    await app.close();
    const { sagaId } = handle;
    expect(commands).toEqual([
      { sagaId, step: 'charge', action: 'act', id: `${sagaId}:charge:act`, fencingToken: expect.any(Number) },
      { sagaId, step: 'ship', action: 'act', id: `${sagaId}:ship:act`, fencingToken: expect.any(Number) },
      {
        sagaId,
        step: 'charge',
        action: 'compensate',
        id: `${sagaId}:charge:compensate`,
        fencingToken: expect.any(Number),
      },
    ]);
  });
});
