import { NonRetryableError } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';
import type { StepScript } from '@nest-saga/testing';

/** An error as another copy of this package would throw it: its class is unknown to this copy. */
class OfAnotherCopy extends Error {
  constructor(readonly code: string) {
    super('of another copy');
  }
}

class Declined extends NonRetryableError {
  override readonly code = 'CARD_DECLINED';
}

class ReadsWhatItIsGiven extends Error {
  static override [Symbol.hasInstance](thrown: unknown): boolean {
    return (thrown as { readonly kind: string }).kind === 'declined';
  }
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const unaskable = new Proxy(new Error('a draft'), {
  getPrototypeOf: () => {
    throw new Error('cannot be asked');
  },
  get: () => {
    throw new Error('cannot be read');
  },
});

const throwing =
  (thrown: unknown): StepScript =>
  () => {
    throw thrown;
  };

function saga(thrown: unknown, inPromise = false) {
  const throwNow = throwing(thrown);
  const throwLater: StepScript = async (...given) => throwNow(...given);
  const script = inPromise ? throwLater : throwNow;
  const retry = { maximumAttempts: 3, nonRetryableErrors: [ReadsWhatItIsGiven] };
  return scriptedSaga('order', [new ScriptedStep('charge', { act: [script], retry })]);
}

describe('an act that throws what cannot be looked at', () => {
  it.each([
    ['a revoked proxy', revoked()],
    ['a proxy whose prototype cannot be asked', unaskable],
    ['null, beside a class that reads what it is given', null],
    ['undefined, beside a class that reads what it is given', undefined],
    ['an object without a prototype', Object.create(null) as object],
  ])('fails as any other: %s', async (_, thrown) => {
    for (const inPromise of [false, true]) {
      const declared = saga(thrown, inPromise);
      const cluster = new SimulatedCluster([declared]);
      const { status, sagaId } = await cluster.run(await cluster.startProcess());
      expect(status).toBe('failed');
      expect(declared.calls).toEqual(['act charge', 'act charge #2', 'act charge #3']);
      const [first] = (await cluster.load(sagaId)).entries;
      expect(first).toMatchObject({ kind: 'act-failed', error: { name: 'NonError' } });
    }
  });
});

describe('an error of this package', () => {
  it('is known if another copy of the package threw it', async () => {
    const declared = saga(new OfAnotherCopy('SAGA_STEP_NON_RETRYABLE'));
    const cluster = new SimulatedCluster([declared]);
    expect((await cluster.run(await cluster.startProcess())).status).toBe('failed');
    expect(declared.calls).toEqual(['act charge']);
  });

  it('says when to try again if another copy of the package threw it', async () => {
    const error = Object.assign(new OfAnotherCopy('SAGA_STEP_RETRYABLE'), { retryAfterMs: 12_345 });
    const cluster = new SimulatedCluster([saga(error)]);
    const { sagaId } = await cluster.run(await cluster.startProcess());
    const [first] = (await cluster.load(sagaId)).entries;
    if (first?.kind !== 'act-failed' || first.retryAt === undefined)
      throw new Error('it was not tried again');
    expect(first.retryAt.getTime() - first.finishedAt.getTime()).toBe(12_345);
  });

  it('stays what it is if a subclass has its own code', async () => {
    const declared = saga(new Declined('no'));
    const cluster = new SimulatedCluster([declared]);
    await cluster.run(await cluster.startProcess());
    expect(declared.calls).toEqual(['act charge']);
  });
});

describe('the cause of an error', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  it('is reported with the failure, one level deep', async () => {
    const cluster = new SimulatedCluster([saga(new TypeError('fetch failed', { cause: refused }))]);
    const { failure } = await cluster.run(await cluster.startProcess());
    expect(failure?.cause).toEqual({
      errorName: 'Error',
      message: 'connect ECONNREFUSED',
      code: 'ECONNREFUSED',
    });
  });

  it.each([
    [
      'not a NonRetryableError behind another',
      new Error('no', { cause: new NonRetryableError('no such card') }),
      3,
    ],
    ['a code of the cause', new Error('no', { cause: refused }), 1],
    ['a code of the first of several errors', new AggregateError([refused, new Error('late')]), 1],
    ['a code of the second of several errors', new AggregateError([new Error('late'), refused]), 3],
  ])('is meant by the policy, too: %s', async (_, error, attempts) => {
    const retry = { maximumAttempts: 3, nonRetryableErrors: ['ECONNREFUSED'] };
    const declared = scriptedSaga('order', [new ScriptedStep('charge', { act: [throwing(error)], retry })]);
    const cluster = new SimulatedCluster([declared]);
    await cluster.run(await cluster.startProcess());
    expect(declared.calls).toHaveLength(attempts);
  });
});

describe('an event', () => {
  it('fails the act that emitted it if its class cannot be asked for its instances', async () => {
    class Unaskable {
      readonly id = 1;
      static [Symbol.hasInstance](): boolean {
        throw new Error('cannot be asked');
      }
    }
    const emit: StepScript = (_context, run) => run.emit(new Unaskable());
    const cluster = new SimulatedCluster([
      scriptedSaga('order', [new ScriptedStep('charge', { act: [emit] })]),
    ]);
    const { status, failure } = await cluster.run(await cluster.startProcess());
    expect(status).toBe('failed');
    expect(failure).toMatchObject({ code: 'SAGA_CONTEXT_NOT_STORABLE' });
  });
});
