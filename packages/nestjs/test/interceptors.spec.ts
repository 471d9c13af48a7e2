import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module, Scope } from '@nestjs/common';
import { Saga, SagaDefinitionError } from '../src/index.js';
import type {
  SagaInterceptorReference,
  StartInterceptor,
  StartReference,
  StepAttemptReference,
  StepInterceptor,
} from '../src/index.js';
import { closeApps, openApp, openModules } from './open-app.js';
import { Calls, OrderContext, ReserveStep } from './order-saga.js';

@Saga({ name: 'reserve', context: OrderContext, steps: [ReserveStep] })
class ReserveSaga {}

const providers = [Calls, ReserveStep, ReserveSaga];

/** Notes what it surrounds, and gives each start its own name along. */
class Noting implements StepInterceptor, StartInterceptor {
  constructor(
    private readonly name: string,
    private readonly told: string[],
  ) {}

  async intercept<Result>({ run }: StepAttemptReference, call: () => Promise<Result>): Promise<Result> {
    this.told.push(`${this.name} begins ${run.step}`);
    const result = await call();
    this.told.push(`${this.name} ends ${run.step}`);
    return result;
  }

  async interceptStart<Result>(
    { saga, metadata }: StartReference,
    call: (metadata: Readonly<Record<string, string>>) => Promise<Result>,
  ): Promise<Result> {
    this.told.push(`${this.name} starts ${saga}`);
    return call({ ...metadata, by: `${metadata['by'] ?? ''}${this.name}` });
  }
}

describe('interceptors of the module', () => {
  afterEach(closeApps);

  it('surround starts and attempts, the first around the others, whether given or provided', async () => {
    const told: string[] = [];
    let given: unknown;
    const last: StepInterceptor = {
      intercept: ({ metadata }, call) => {
        given = metadata;
        return call();
      },
    };
    @Injectable()
    class Provided extends Noting {
      constructor() {
        super('b', told);
      }
    }
    const { sagas } = await openApp(
      [...providers, Provided, { provide: 'third', useValue: new Noting('c', told) }],
      { interceptor: [new Noting('a', told), Provided, 'third', last] },
    );
    const handle = await sagas.start(new OrderContext('book'));
    await handle.outcome();
    expect(told).toEqual([
      'a starts reserve',
      'b starts reserve',
      'c starts reserve',
      'a begins reserve',
      'b begins reserve',
      'c begins reserve',
      'c ends reserve',
      'b ends reserve',
      'a ends reserve',
    ]);
    expect(given).toEqual({ by: 'abc' });
  });

  it('may surround attempts alone, or starts alone', async () => {
    const told: string[] = [];
    const noting = new Noting('a', told);
    const steps: StepInterceptor = { intercept: (attempt, call) => noting.intercept(attempt, call) };
    const starts: StartInterceptor = {
      interceptStart: (start, call) => noting.interceptStart(start, call),
    };
    for (const interceptor of [steps, starts]) {
      const { sagas } = await openApp(providers, { interceptor });
      await (await sagas.start(new OrderContext('book'))).outcome();
    }
    expect(told).toEqual(['a begins reserve', 'a ends reserve', 'a starts reserve']);
  });

  it('are found where a module that the application imports exports them', async () => {
    const told: string[] = [];
    const token = Symbol('noting');
    @Module({ providers: [{ provide: token, useValue: new Noting('a', told) }], exports: [token] })
    class NotingModule {}
    @Module({ providers })
    class ReserveModule {}
    const { sagas } = await openModules([NotingModule, ReserveModule], { interceptor: token });
    await (await sagas.start(new OrderContext('book'))).outcome();
    expect(told).toEqual(['a starts reserve', 'a begins reserve', 'a ends reserve']);
  });

  it.each<[string, readonly SagaInterceptorReference[], string]>([
    ['no module provides', ['absent'], 'interceptor names absent, which no module provides'],
    [
      'is not an interceptor',
      [Calls],
      'interceptor names Calls, which is provided, but is not an interceptor',
    ],
    [
      'is a new instance for each request',
      ['anew'],
      'interceptor names anew, which is a new instance for each request',
    ],
    ['has no method', [{} as StepInterceptor], 'interceptor[0] is an object'],
    ['has one that is none', [{ intercept: 5 } as never], 'interceptor[0] is an object'],
    ['is undefined', [undefined as never], 'interceptor[0] is undefined'],
  ])('are refused if one %s', async (_name, interceptor, problem) => {
    const anew = { provide: 'anew', scope: Scope.REQUEST, useFactory: () => new Noting('a', []) };
    const error: unknown = await openApp([...providers, anew], { interceptor }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SagaDefinitionError);
    expect(error).toMatchObject({ problems: [{ problem }] });
  });
});
