import { afterEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import {
  InMemorySagaStorage,
  SystemClock,
  fallback,
  Saga,
  SagaDefinitionError,
  SagaModule,
  SagaOperator,
  SagaStep,
  step,
} from '../src/index.js';
import type { SagaModuleOptions } from '../src/index.js';
import { closeApps, keepOpen, openApp, silent } from './open-app.js';
import { Calls, ChargeStep, OrderContext, ReserveStep, ShipStep } from './order-saga.js';

/** What JavaScript, or a spread, lets through. */
const misspelt = (options: object): Record<string, never> => ({ ...options });

async function problemsOf(opening: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await opening.catch((thrown: unknown) => thrown);
  return error instanceof SagaDefinitionError ? error.problems.map(({ problem }) => problem) : [];
}

describe('options of the application', () => {
  afterEach(closeApps);

  it('names seven misspelt options of seven levels in one error, each with the one that was probably meant', async () => {
    @SagaStep({ id: 'pack', ...misspelt({ timeoutMS: 5 }) })
    class PackStep {
      act(): void {}
      compensate(): void {}
    }
    @Saga({
      name: 'pay',
      context: OrderContext,
      ...misspelt({ maxRecoveryAttempts: 1 }),
      steps: [
        fallback(ChargeStep, ReserveStep, {
          ...misspelt({ failureError: [Error] }),
          circuitBreaker: misspelt({ threshold: 3 }),
        }),
        step(ShipStep, { id: 'ship-again', retry: misspelt({ maxAttempts: 3 }) }),
        PackStep,
      ],
    })
    class PaySaga {}
    const options = { ...misspelt({ recovry: {} }), recovery: misspelt({ interval: 5 }) };
    const error: unknown = await openApp(
      [Calls, ChargeStep, ReserveStep, ShipStep, PackStep, PaySaga],
      options,
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SagaDefinitionError);
    const problems = error instanceof SagaDefinitionError ? error.problems : [];
    expect(problems.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      'SagaModule.forRoot(): recovry is not an option (did you mean recovery?)',
      'SagaModule.forRoot(): recovery.interval is not an option (did you mean recovery.intervalMs?)',
      'PaySaga (saga "pay"): maxRecoveryAttempts is not an option (did you mean maximumRecoveryAttempts?)',
      'PaySaga (saga "pay"): failureError is not an option (did you mean failureErrors?)',
      'PaySaga (saga "pay"): circuitBreaker.threshold is not an option (did you mean circuitBreaker.failureThreshold?)',
      'ShipStep (step "ship-again" of PaySaga): retry.maxAttempts is not an option (did you mean retry.maximumAttempts?)',
      'PackStep (step "pack" of PaySaga): timeoutMS is not an option (did you mean timeoutMs?)',
    ]);
  });

  it.each([
    ['storage', {}, /^storage has no method "open", "close", /],
    ['storage', { kind: 'saga-storage-factory', inject: [] }, /^storage has no method "create"$/],
    ['storage', 'postgres', /^storage is "postgres"$/],
    ['listener', 5, /^listener is 5$/],
    ['listener', {}, /^listener is an object$/],
    ['listener', { onSagaEvent: 'log' }, /^listener is an object$/],
    ['interceptor', {}, /^interceptor is an object$/],
    ['interceptor', 5, /^interceptor is 5$/],
    ['telemetry', {}, /^telemetry has no method "begin"/],
    ['recovery', null, /^recovery is null$/],
    ['recovery', true, /^recovery is true$/],
    ['lease', 30_000, /^lease is 30000$/],
    ['retry', 3, /^retry is 3$/],
    ['worker', null, /^worker is null$/],
  ])('refuses for %s what is none: %j', async (name, value, problem) => {
    const [first] = await problemsOf(openApp([], { [name]: value }));
    expect(first).toMatch(problem);
  });

  it('refuses what @Saga() and step() were given instead of options', async () => {
    @Saga('pay' as never)
    class NamedSaga {}
    @Saga({ name: 'odd', context: OrderContext, steps: [step(ReserveStep, 'again' as never)] })
    class OddSaga {}
    expect(await problemsOf(openApp([Calls, ReserveStep, NamedSaga, OddSaga]))).toEqual(
      expect.arrayContaining(['the options object is "pay"', 'the options object is "again"']),
    );
  });

  it.each([{ statuss: 'stuck' }, { limits: 5 }])(
    'refuses a list of %j, and says what was probably meant',
    async (query) => {
      const { app } = await openApp([]);
      const [name = ''] = Object.keys(query);
      await expect(app.get(SagaOperator).list(misspelt(query))).rejects.toThrow(
        `"query.${name}" was refused: did you mean "${name.slice(0, -1)}"?`,
      );
    },
  );

  it.each<[string, object, string]>([
    ['no id', { timeoutMs: 5 }, 'the id undefined is not allowed'],
    ['a misspelt one', { idd: 'pack' }, 'idd is not an option (did you mean id?)'],
  ])('refuses a @SagaStep() with %s: the name of its class is none', async (_name, options, problem) => {
    @SagaStep(options as never)
    class PackStep {
      act(): void {}
      compensate(): void {}
    }
    @Saga({ name: 'pack', context: OrderContext, steps: [PackStep] })
    class PackSaga {}
    expect(await problemsOf(openApp([PackStep, PackSaga]))).toContain(problem);
  });

  it('takes an option of step() that is undefined as one that is left out', async () => {
    @Saga({
      name: 'reserve',
      context: OrderContext,
      steps: [step(ReserveStep, { id: undefined, timeoutMs: 5 } as never)],
    })
    class AgainSaga {}
    const { sagas } = await openApp([Calls, ReserveStep, AgainSaga]);
    const handle = await sagas.start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(await sagas.history(handle.sagaId)).toMatchObject([{ step: 'reserve' }]);
  });

  it('lists what a storage says is wrong with its own options', async () => {
    const optionProblems = [{ where: 'myStorage()', problem: 'shema is not an option', remedy: 'Remove it' }];
    const storage = Object.assign(new InMemorySagaStorage(new SystemClock()), { optionProblems });
    expect(await problemsOf(openApp([], { storage, ...misspelt({ workers: 1 }) }))).toEqual([
      'workers is not an option (did you mean worker?)',
      'shema is not an option',
    ]);
  });

  it('takes an option that is undefined as one that is left out', async () => {
    const options = { lease: { leaseDurationMs: undefined }, recovery: undefined, worker: undefined };
    const { app } = await openApp([], options as unknown as SagaModuleOptions);
    expect(app).toBeDefined();
  });

  it.each([
    [{ useFactry: () => ({}) }, 'useFactry is not an option (did you mean useFactory?)'],
    [{ useFactory: {} }, 'useFactory is an object'],
    [{ useFactory: () => ({}), inject: 'config' }, 'inject is "config"'],
    [{ imports: [] }, 'the source of the options is missing'],
    [undefined, 'the options object is undefined'],
  ])('refuses %j for forRootAsync()', (options, problem) => {
    expect(() => SagaModule.forRootAsync(options as never)).toThrow(problem);
  });

  it.each([
    [[], 'the options object is a list'],
    [null, 'the options object is null'],
    ['worker', 'the options object is "worker"'],
  ])('refuses %j for forRoot()', (options, problem) => {
    expect(() => SagaModule.forRoot(options as never)).toThrow(problem);
  });

  it.each([
    [
      'misspelt',
      { lease: { durationMs: 60_000 } },
      'lease.durationMs is not an option (did you mean lease.leaseDurationMs?)',
    ],
    ['none at all', undefined, 'the options object is undefined'],
    ['no object', 'worker', 'the options object is "worker"'],
  ])('refuses those of forRootAsync() that are %s', async (_name, options, problem) => {
    const compiling = Test.createTestingModule({
      imports: [SagaModule.forRootAsync({ useFactory: () => options as SagaModuleOptions })],
    })
      .setLogger(silent)
      .compile();
    const opening = compiling.then((app) => keepOpen(app).init());
    expect(await problemsOf(opening)).toEqual([problem]);
  });
});
