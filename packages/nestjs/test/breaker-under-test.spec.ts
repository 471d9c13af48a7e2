import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { SagaTester, SagaTestingModule } from '@nest-saga/testing/nestjs';
import { CockatielCircuitBreaker } from '../src/circuit-breaker/cockatiel-circuit-breaker.js';
import {
  fallback,
  minutes,
  Saga,
  SagaModule,
  SagaOrchestrator,
  SagaStep,
  seconds,
  SystemClock,
} from '../src/index.js';
import type { CreateCircuitBreaker, SagaModuleOptions, SagaStepHandler } from '../src/index.js';
import { silent } from './open-app.js';

class PayContext {
  readonly cents = 1_900;
}

@Injectable()
class Gateway {
  isDown = true;
  calls = 0;
}

@SagaStep('charge')
class ChargeStep implements SagaStepHandler<PayContext> {
  constructor(private readonly gateway: Gateway) {}

  act(): void {
    this.gateway.calls++;
    if (this.gateway.isDown) throw new Error('unreachable');
  }

  compensate(): void {}
}

@SagaStep('invoice')
class InvoiceStep implements SagaStepHandler<PayContext> {
  act(): void {}

  compensate(): void {}
}

@Saga(PayContext, {
  name: 'pay',
  steps: [
    fallback(ChargeStep, InvoiceStep, { circuitBreaker: { failureThreshold: 1, resetTimeoutMs: 60_000 } }),
  ],
})
class PaySaga {}

describe('a circuit breaker in a test of an application', () => {
  let app: TestingModule;

  afterEach(() => app.close());

  it('is reset by the time that the test lets pass', async () => {
    expect(await callsAfterAMinute({})).toBe(2);
  });

  it('is not reset by it if the breaker measures real time', async () => {
    const createCircuitBreaker: CreateCircuitBreaker = (settings) =>
      new CockatielCircuitBreaker(settings, new SystemClock(), () => undefined);
    expect(await callsAfterAMinute({ createCircuitBreaker })).toBe(1);
  });

  /** How often the primary was called: once before the circuit opened, and once more if the circuit is not open now. */
  async function callsAfterAMinute(options: SagaModuleOptions): Promise<number> {
    const builder = Test.createTestingModule({
      imports: [SagaModule.forRoot(options)],
      providers: [Gateway, ChargeStep, InvoiceStep, PaySaga],
    }).setLogger(silent);
    app = await SagaTestingModule.override(builder).compile();
    await app.init();
    const [sagas, gateway] = [app.get(SagaTester), app.get(Gateway)];
    const pay = async (): Promise<void> => {
      const { sagaId } = await app.get(SagaOrchestrator).start(new PayContext());
      await sagas.advance(seconds(1));
      await sagas.expectSaga(sagaId).completed();
    };
    await pay();
    gateway.isDown = false;
    await sagas.advance(minutes(1));
    await pay();
    return gateway.calls;
  }
});
