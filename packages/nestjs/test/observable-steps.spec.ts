import { afterEach, describe, expect, it } from '@jest/globals';
import { BadRequestException, HttpException } from '@nestjs/common';
import { defer, EMPTY, finalize, from, lastValueFrom, NEVER, of, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { Saga, SagaStep } from '../src/index.js';
import type { SagaModuleOptions } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';

class PlainContext {}

/** What the steps of a test do. */
const script: { act: () => unknown; compensate: () => unknown } = {
  act: () => undefined,
  compensate: () => undefined,
};

@SagaStep('first')
class FirstStep {
  act(): unknown {
    return script.act();
  }
  compensate(): void {
    return script.compensate() as undefined;
  }
}

@SagaStep('second')
class SecondStep {
  act(): void {
    throw new Error('no carrier');
  }
  compensate(): void {}
}

@Saga({ name: 'one', context: PlainContext, steps: [FirstStep] })
class OneSaga {}

@Saga({ name: 'two', steps: [FirstStep, SecondStep] })
class TwoSaga {}

describe('a step that gives an Observable', () => {
  afterEach(closeApps);

  it.each<[string, () => unknown, unknown]>([
    ['its last value', () => of('asked', 'paid'), 'paid'],
    ['its last value, though it comes later', () => from(Promise.resolve('paid')), 'paid'],
    ['that of a promise', async () => of('paid'), 'paid'],
    ['nothing if it has no value', () => EMPTY, undefined],
  ])('returns %s', async (_, act, response) => {
    script.act = act;
    const { sagas } = await openApp(providers);
    const result = await lastValueFrom(sagas.stream(new PlainContext(), { saga: 'one' }));
    expect(result.status).toBe('completed');
    expect(result.response).toEqual(response);
  });

  it('fails with its error', async () => {
    script.act = () => throwError(() => new Error('declined'));
    expect(await run()).toMatchObject({ status: 'failed', failure: { message: 'declined' } });
  });

  it('is undone by the one that its compensation gives', async () => {
    let undone = 0;
    script.act = () => undefined;
    script.compensate = () => countedOn(() => (undone += 1));
    const { sagas } = await openApp(providers);
    const handle = await sagas.start(new PlainContext(), { saga: 'two' });
    expect(await handle.outcome()).toMatchObject({ status: 'failed' });
    expect(undone).toBe(1);
  });

  it('is left when the attempt has to end', async () => {
    let isLeft = false;
    script.act = () => {
      const { sagas } = opened;
      queueMicrotask(() => void sagas.cancel(sagaId, 'not wanted'));
      return NEVER.pipe(finalize(() => (isLeft = true)));
    };
    const opened = await openApp(providers);
    const sagaId = '0190b6a0-0000-7000-8000-000000000001';
    const handle = await opened.sagas.start(new PlainContext(), { saga: 'one', sagaId });
    expect(await handle.outcome()).toMatchObject({ status: 'failed' });
    expect(isLeft).toBe(true);
  });
});

describe('an HttpException that a step throws', () => {
  afterEach(closeApps);

  it('is recorded with its messages and its status', async () => {
    script.act = () => {
      throw new BadRequestException(['no address', 'no name']);
    };
    expect(await run()).toMatchObject({
      failure: { message: 'no address; no name', code: '400' },
    });
  });

  it('is recorded with the object that it was made of', async () => {
    script.act = () => {
      throw new HttpException({ reason: 'declined' }, 402);
    };
    expect(await run()).toMatchObject({ failure: { message: '{"reason":"declined"}', code: '402' } });
  });

  it('is recorded with its messages where they are objects, as those of a validator', async () => {
    script.act = () => {
      throw new BadRequestException([{ field: 'amount', why: 'negative' }, 'no name']);
    };
    expect(await run()).toMatchObject({
      failure: { message: '{"field":"amount","why":"negative"}; no name', code: '400' },
    });
  });

  it('keeps its status where its object cannot be shown', async () => {
    script.act = () => {
      throw new HttpException({ amount: 1n }, 402);
    };
    expect(await run()).toMatchObject({ failure: { message: 'Http Exception', code: '402' } });
  });
});

describe('an exception of a microservice that a step throws', () => {
  afterEach(closeApps);

  it('is recorded with what it was made of', async () => {
    script.act = () => {
      throw new RpcException({ reason: 'out of stock' });
    };
    expect(await run()).toMatchObject({ failure: { message: '{"reason":"out of stock"}' } });
  });
});

/** As that of @nestjs/microservices. */
class RpcException extends Error {
  constructor(private readonly error: object) {
    super('Rpc Exception');
  }

  getError(): object {
    return this.error;
  }
}

const providers = [FirstStep, SecondStep, OneSaga, TwoSaga];

async function run(options: SagaModuleOptions = { retry: { maximumAttempts: 1 } }) {
  const { sagas } = await openApp(providers, options);
  const handle = await sagas.start(new PlainContext(), { saga: 'one' });
  return handle.outcome();
}

function countedOn(count: () => unknown): Observable<unknown> {
  return defer(() => {
    count();
    return EMPTY;
  });
}
