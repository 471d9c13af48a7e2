import { CircuitOpenError, fallback, NonRetryableError, RecordedStepError } from '@nest-saga/core';
import type { CircuitBreaker, FallbackOptions } from '@nest-saga/core';
import {
  answers,
  changesAndThrows,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions, StepScript } from '@nest-saga/testing';

class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code = 'E_GATEWAY';
}

const gatewayDown = new GatewayError('the gateway is down');
const shippingDown = new Error('shipping is down');
const declined = new NonRetryableError('the card is declined');

function withFallback(
  card: ScriptedStepOptions,
  invoice: ScriptedStepOptions = {},
  options: FallbackOptions = {},
  ship: ScriptedStepOptions = {},
) {
  const [primary, alternative] = [new ScriptedStep('card', card), new ScriptedStep('invoice', invoice)];
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve'),
    fallback(primary, alternative, options),
    new ScriptedStep('ship', ship),
  ]);
  return { saga, primary, alternative, cluster: new SimulatedCluster([saga]) };
}

/** A breaker that the test opens and closes. */
class FakeBreaker implements CircuitBreaker {
  isBroken = false;
  readonly asked: string[] = [];

  execute<Result>(stepId: string, attempt: () => Promise<Result>): Promise<Result> {
    this.asked.push(stepId);
    return this.isBroken ? Promise.reject(new CircuitOpenError(stepId)) : attempt();
  }

  isOpen(error: unknown): boolean {
    return error instanceof CircuitOpenError;
  }
}

describe('a fallback', () => {
  it('is the primary alone if that works, and undoes the primary alone', async () => {
    const { saga, cluster } = withFallback({}, {}, {}, { act: [throws(shippingDown)] });
    await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual([
      'act reserve',
      'act card',
      'act ship',
      'compensate card',
      'compensate reserve',
    ]);
  });

  it('runs the alternative if the primary fails, with the context as it was before the primary', async () => {
    const spoils = changesAndThrows((context) => void (context['half'] = 'charged'), gatewayDown);
    const { saga, alternative, cluster } = withFallback({ act: [spoils] });
    const outcome = await cluster.run(await cluster.startProcess(), { total: 1 });
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act card', 'act invoice', 'act ship']);
    expect(alternative.actCalls[0]?.context).toEqual({ total: 1 });
  });

  it('undoes the one that completed: the alternative', async () => {
    const { saga, cluster } = withFallback(
      { act: [throws(gatewayDown)] },
      {},
      {},
      { act: [throws(shippingDown)] },
    );
    await cluster.run(await cluster.startProcess());
    expect(saga.calls.slice(4)).toEqual(['compensate invoice', 'compensate reserve']);
  });

  it('undoes a primary that compensateOn "attempted" undoes before its alternative begins', async () => {
    const attempted = { compensateOn: 'attempted' } as const;
    const { saga, primary, cluster } = withFallback(
      { act: [throws(gatewayDown)], ...attempted },
      { act: [throws(new Error('no invoices either'))], ...attempted },
    );
    await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual([
      'act reserve',
      'act card',
      'compensate card',
      'act invoice',
      'compensate invoice',
      'compensate reserve',
    ]);
    expect(primary.compensateCalls).toMatchObject([{ outcome: 'failed' }]);
  });

  it('takes the alternative only after the attempts of the primary are used up', async () => {
    const { saga, cluster } = withFallback({ act: failing(3, gatewayDown), retry: { maximumAttempts: 3 } });
    await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual([
      'act reserve',
      'act card',
      'act card #2',
      'act card #3',
      'act invoice',
      'act ship',
    ]);
  });

  it('has the error of the primary and the choice in the journal before the alternative starts', async () => {
    const journals: Promise<readonly string[]>[] = [];
    const { alternative, cluster } = withFallback({ act: [throws(gatewayDown)] });
    alternative.onCall(({ sagaId }) => journals.push(cluster.journalOf(sagaId)));
    await cluster.run(await cluster.startProcess());
    await expect(journals[0]).resolves.toEqual(['act-completed reserve', 'act-failed card -> alternative']);
  });

  it('follows the recorded choice after a crash, though the primary would work by now', async () => {
    const gate = new StepGate();
    const { saga, primary, alternative, cluster } = withFallback(
      { act: [throws(gatewayDown)] },
      { act: [gate.waits()] },
    );
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    primary.rescript({ act: [answers()] });
    alternative.rescript({ act: [answers()] });
    const outcome = await cluster.resolve(second.outcome(sagaId));
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act card', 'act invoice', 'act invoice', 'act ship']);
  });

  it('fails the saga without the alternative if the error is not one of failureErrors', async () => {
    const { saga, cluster } = withFallback(
      { act: [throws(new Error('declined'))] },
      {},
      { failureErrors: [GatewayError] },
    );
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'card', message: 'declined' } });
    expect(saga.calls).toEqual(['act reserve', 'act card', 'compensate reserve']);
  });

  it.each([
    ['class', GatewayError],
    ['code', 'E_GATEWAY'],
    ['name', 'GatewayError'],
  ])('takes the alternative if failureErrors name the error by its %s', async (_name, matcher) => {
    const { saga, cluster } = withFallback({ act: [throws(gatewayDown)] }, {}, { failureErrors: [matcher] });
    expect((await cluster.run(await cluster.startProcess())).status).toBe('completed');
    expect(saga.calls).toContain('act invoice');
  });

  it('gives the error of the alternative, with that of the primary as its cause, if both fail', async () => {
    const noInvoices = new Error('no invoices either');
    const { saga, cluster } = withFallback({ act: [throws(gatewayDown)] }, { act: [throws(noInvoices)] });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: {
        step: 'invoice',
        message: 'no invoices either',
        cause: { errorName: 'GatewayError', message: 'the gateway is down', code: 'E_GATEWAY' },
      },
    });
    expect(outcome.cause).toBe(noInvoices);
    expect(noInvoices.cause).toBe(gatewayDown);
    expect(saga.calls).toEqual(['act reserve', 'act card', 'act invoice', 'compensate reserve']);
  });

  it("has the primary's error as the cause of each attempt of the alternative", async () => {
    const [once, again] = [new Error('no invoices'), new Error('still no invoices')];
    const { cluster } = withFallback(
      { act: [throws(gatewayDown)] },
      { act: [throws(once), throws(again)], retry: { maximumAttempts: 2 } },
    );
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.cause).toBe(again);
    expect(again.cause).toBe(gatewayDown);
    expect(outcome.failure?.cause?.message).toBe(gatewayDown.message);
  });

  it('has the error of the last attempt of the primary as that cause', async () => {
    const noInvoices = new Error('no invoices');
    const { cluster } = withFallback(
      { act: [throws(new Error('busy')), throws(gatewayDown)], retry: { maximumAttempts: 2 } },
      { act: [throws(noInvoices)] },
    );
    await cluster.run(await cluster.startProcess());
    expect(noInvoices.cause).toBe(gatewayDown);
  });

  it("has it in place of a cause that the alternative's error brings, as the record has", async () => {
    const noInvoices = new Error('no invoices', { cause: new Error('connection refused') });
    const { cluster } = withFallback({ act: [throws(gatewayDown)] }, { act: [throws(noInvoices)] });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.cause).toBe(noInvoices);
    expect(noInvoices.cause).toBe(gatewayDown);
    expect(outcome.failure?.cause?.message).toBe(gatewayDown.message);
  });

  it('has the recorded error as the cause if both sides throw one object: nothing is its own cause', async () => {
    const offline = new Error('this process is offline');
    const { cluster } = withFallback({ act: [throws(offline)] }, { act: [throws(offline)] });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.cause).toBe(offline);
    expect(offline.cause).toBeInstanceOf(RecordedStepError);
    expect(offline.cause).toMatchObject({ message: 'this process is offline' });
    expect(offline.cause).not.toHaveProperty('cause');
  });

  it.each([
    ['a frozen error', Object.freeze(new Error('no invoices'))],
    ['what is no error', 'no invoices'],
  ])('leaves %s as it is', async (_name, thrown) => {
    const { cluster } = withFallback({ act: [throws(gatewayDown)] }, { act: [throws(thrown)] });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.cause).toBe(thrown);
    expect(outcome.failure?.cause?.message).toBe(gatewayDown.message);
  });

  it('has the recorded error of the primary as the cause if another process ran that', async () => {
    const gate = new StepGate();
    const { alternative, cluster } = withFallback(
      { act: [throws(gatewayDown)] },
      { act: [new StepGate().waits(), gate.waits()] },
    );
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    for (let seconds = 0; seconds < 60 && gate.held === 0; seconds++) await cluster.advance(1_000);
    expect(alternative.calls).toHaveLength(2);
    const recovered = await cluster.resolve(second.engine.starter.recover(sagaId));
    const noInvoices = new Error('no invoices either');
    gate.break(noInvoices);
    const outcome = await cluster.resolve(second.outcome(recovered));
    expect(outcome.cause).toBe(noInvoices);
    expect(noInvoices.cause).toBeInstanceOf(RecordedStepError);
    expect(noInvoices.cause).toMatchObject({ message: 'the gateway is down', code: 'E_GATEWAY' });
  });

  it('gives the same cause to a process that did not run it', async () => {
    const { cluster } = withFallback({ act: [throws(gatewayDown)] }, { act: [throws(new Error('neither'))] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await cluster.run(first);
    const outcome = await cluster.resolve(second.outcome(sagaId));
    expect(outcome.cause).toMatchObject({ message: 'neither', cause: { message: 'the gateway is down' } });
  });

  it('does not run the alternative if the effect of the primary is there, but its result cannot be stored', async () => {
    const { saga, cluster } = withFallback({ act: [answers(Number.NaN)] });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'card' } });
    expect(saga.calls).toEqual(['act reserve', 'act card', 'compensate card', 'compensate reserve']);
  });
});

describe('a circuit breaker', () => {
  it('guards the act of the primary, and nothing else', async () => {
    const circuitBreaker = new FakeBreaker();
    const { cluster } = withFallback({}, {}, { circuitBreaker }, { act: [throws(shippingDown)] });
    await cluster.run(await cluster.startProcess());
    expect(circuitBreaker.asked).toEqual(['card']);
  });

  it('that is open does not call the primary, is recorded as such and leads to the alternative', async () => {
    const circuitBreaker = new FakeBreaker();
    circuitBreaker.isBroken = true;
    const { saga, cluster } = withFallback(
      { retry: { maximumAttempts: 5 }, compensateOn: 'attempted' },
      {},
      { circuitBreaker, failureErrors: [GatewayError] },
      { act: [throws(shippingDown)] },
    );
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual([
      'act reserve',
      'act invoice',
      'act ship',
      'compensate invoice',
      'compensate reserve',
    ]);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-failed',
      step: 'card',
      next: 'alternative',
      error: { name: 'CircuitOpenError', code: 'SAGA_CIRCUIT_OPEN' },
      undo: false,
    });
  });

  it('that opens between two attempts has the primary undone first with compensateOn "attempted", with the worst known outcome', async () => {
    const circuitBreaker = new FakeBreaker();
    const hangs: StepScript = () => {
      circuitBreaker.isBroken = true;
      return new Promise(() => undefined);
    };
    const { saga, primary, cluster } = withFallback(
      { act: [hangs], timeoutMs: 1_000, retry: { maximumAttempts: 2 }, compensateOn: 'attempted' },
      {},
      { circuitBreaker },
      { act: [throws(shippingDown)] },
    );
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(saga.calls).toEqual([
      'act reserve',
      'act card',
      'compensate card',
      'act invoice',
      'act ship',
      'compensate invoice',
      'compensate reserve',
    ]);
    expect(primary.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
    expect((await cluster.load(sagaId)).entries.slice(1, 3)).toMatchObject([
      { kind: 'act-failed', next: 'retry', outcome: 'unknown' },
      {
        kind: 'act-failed',
        attempt: 2,
        next: 'undo-first',
        error: { name: 'CircuitOpenError' },
        undo: true,
      },
    ]);
  });

  it('that is open when the saga is recovered has the primary undone first in which its owner died', async () => {
    const circuitBreaker = new FakeBreaker();
    const { saga, primary, cluster } = withFallback(
      { act: [new StepGate().waits()], compensateOn: 'attempted' },
      {},
      { circuitBreaker },
      { act: [throws(shippingDown)] },
    );
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    circuitBreaker.isBroken = true;
    await cluster.resolve(second.outcome(sagaId));
    expect(saga.calls.slice(2)).toEqual([
      'compensate card',
      'act invoice',
      'act ship',
      'compensate invoice',
      'compensate reserve',
    ]);
    expect(primary.compensateCalls).toMatchObject([{ outcome: 'unknown' }]);
  });

  it.each([
    ['with failureErrors, of those alone', { failureErrors: [GatewayError] }, gatewayDown, true],
    ['with failureErrors, of no other error', { failureErrors: [GatewayError] }, shippingDown, false],
    [
      'with failureErrors, of no NonRetryableError',
      { failureErrors: ['SAGA_STEP_NON_RETRYABLE'] },
      declined,
      false,
    ],
    ['without failureErrors, of any error', {}, shippingDown, true],
    ['without failureErrors, of no NonRetryableError', {}, declined, false],
  ])('learns, %s', async (_name, options: FallbackOptions, error: Error, isTold: boolean) => {
    const told: unknown[] = [];
    const circuitBreaker: CircuitBreaker = {
      execute: (_stepId, attempt) =>
        attempt().catch((failed: unknown) => {
          told.push(failed);
          throw failed;
        }),
      isOpen: () => false,
    };
    const { cluster } = withFallback({ act: [throws(error)] }, {}, { circuitBreaker, ...options });
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(told).toEqual(isTold ? [error] : []);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-failed',
      step: 'card',
      error: { message: error.message },
    });
  });

  it.each([
    ['counts', {}, true],
    ['does not count where failureErrors do not name it', { failureErrors: [GatewayError] }, false],
  ])('of a primary whose time is up learns that at once, and that %s', async (_name, options, isTold) => {
    const told: string[] = [];
    const circuitBreaker: CircuitBreaker = {
      execute: (_stepId, attempt) =>
        attempt().then(
          (answer) => {
            told.push('answered');
            return answer;
          },
          (failed: unknown) => {
            told.push('failed');
            throw failed;
          },
        ),
      isOpen: () => false,
    };
    const { cluster } = withFallback(
      { act: [new StepGate().waitsDeaf()], timeoutMs: 1_000 },
      {},
      { circuitBreaker, ...options },
    );
    const { sagaId } = await (await cluster.startProcess()).start();
    await cluster.advance(1_000);
    expect(told).toEqual([isTold ? 'failed' : 'answered']);
    await cluster.advance(60_000);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'act-failed',
      error: { name: 'StepTimedOutError' },
    });
  });

  it('that closes while the saga is recovered does not change the choice in the journal', async () => {
    const circuitBreaker = new FakeBreaker();
    circuitBreaker.isBroken = true;
    const { saga, alternative, cluster } = withFallback(
      {},
      { act: [new StepGate().waits()] },
      { circuitBreaker },
    );
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    circuitBreaker.isBroken = false;
    alternative.rescript({ act: [answers()] });
    await cluster.resolve(second.outcome(sagaId));
    expect(saga.calls).toEqual(['act reserve', 'act invoice', 'act invoice', 'act ship']);
  });

  it.each([
    ['fails', throws(gatewayDown), {}, []],
    ['times out', new StepGate().waitsDeaf(), { timeoutMs: 1_000 }, ['compensate card']],
  ])(
    'that cannot say whether it was open ends no attempt: the primary %s, no more',
    async (_name, act, more, undone) => {
      const circuitBreaker: CircuitBreaker = {
        execute: (_stepId, attempt) => attempt(),
        isOpen: () => {
          throw new TypeError('a broken breaker');
        },
      };
      const { saga, cluster } = withFallback({ act: [act], ...more }, {}, { circuitBreaker });
      const outcome = await cluster.run(await cluster.startProcess());
      expect(outcome.status).toBe('completed');
      expect(saga.calls).toEqual(['act reserve', 'act card', ...undone, 'act invoice', 'act ship']);
    },
  );

  it('that refuses and cannot say so makes a failure of it', async () => {
    const circuitBreaker: CircuitBreaker = {
      execute: () => Promise.reject(gatewayDown),
      isOpen: () => {
        throw new TypeError('a broken breaker');
      },
    };
    const { saga, cluster } = withFallback({}, {}, { circuitBreaker });
    expect((await cluster.run(await cluster.startProcess())).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act invoice', 'act ship']);
  });

  it('of another step is none of its own business: an act that throws its error has been called', async () => {
    const { saga, primary, cluster } = withFallback(
      { act: [throws(new CircuitOpenError('ask-the-bank'))], compensateOn: 'attempted' },
      {},
      { circuitBreaker: new FakeBreaker(), failureErrors: [GatewayError] },
    );
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'card', code: 'SAGA_CIRCUIT_OPEN' } });
    expect(saga.calls).toEqual(['act reserve', 'act card', 'compensate card', 'compensate reserve']);
    expect(primary.compensateCalls).toMatchObject([{ outcome: 'failed' }]);
  });

  it('of settings alone is made by the module', async () => {
    const made: unknown[] = [];
    const circuitBreaker = new FakeBreaker();
    const { cluster } = withFallback(
      {},
      {},
      { circuitBreaker: { failureThreshold: 3, resetTimeoutMs: 500 } },
    );
    const process = await cluster.startProcess({
      createCircuitBreaker: (options) => {
        made.push(options);
        return circuitBreaker;
      },
    });
    await cluster.run(process);
    expect(made).toEqual([{ failureThreshold: 3, resetTimeoutMs: 500 }]);
    expect(circuitBreaker.asked).toEqual(['card']);
  });
});
