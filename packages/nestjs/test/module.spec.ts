import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  InMemorySagaStorage,
  SagaDefinitionError,
  SagaModule,
  SagaOrchestrator,
  SagaStorageMissingError,
  SystemClock,
} from '../src/index.js';
import type { SagaHandle, SagaModuleOptions, SagaStorageFactory } from '../src/index.js';
import { closeApps, openApp, silent } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

const environment = process.env['NODE_ENV'];

describe('SagaModule', () => {
  afterEach(async () => {
    process.env['NODE_ENV'] = environment;
    await closeApps();
  });

  it('takes its options from a factory that injects', async () => {
    class Settings {
      readonly attempts = 2;
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const app = await Test.createTestingModule({
      imports: [
        SagaModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: async (settings: Settings) => ({
            storage: new InMemorySagaStorage(new SystemClock()),
            retry: { maximumAttempts: settings.attempts, initialIntervalMs: 0 },
          }),
        }),
      ],
      providers: orderProviders,
    }).compile();
    await app.init();
    let attempts = 0;
    app.get(Calls).answers.set('reserve:act', () => {
      if (++attempts === 1) throw new Error('again');
    });
    const handle = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    expect(attempts).toBe(2);
    await app.close();
  });

  it('serves modules that do not import it', async () => {
    @Injectable()
    class Orders {
      constructor(readonly sagas: SagaOrchestrator) {}
    }
    @Module({ providers: [Orders] })
    class OrdersModule {}
    const app = await Test.createTestingModule({
      imports: [SagaModule.forRoot({ storage: memory() }), OrdersModule],
    }).compile();
    await app.init();
    expect(app.get(Orders).sagas).toBe(app.get(SagaOrchestrator));
    await app.close();
  });

  it('keeps to the modules that import it where isGlobal is false', async () => {
    @Injectable()
    class Orders {
      constructor(readonly sagas: SagaOrchestrator) {}
    }
    @Module({ providers: [Orders] })
    class OrdersModule {}
    const compiled = Test.createTestingModule({
      imports: [SagaModule.forRoot({ storage: memory(), isGlobal: false }), OrdersModule],
    })
      .setLogger(silent)
      .compile();
    await expect(compiled).rejects.toThrow('SagaOrchestrator');
  });

  it('warns that memory does not last where no storage is given', async () => {
    const { warn } = await openLogged({});
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('kept in memory'), 'SagaModule');
  });

  it('says nothing of memory that was asked for', async () => {
    const { warn } = await openLogged({ storage: memory() });
    expect(warn).not.toHaveBeenCalled();
  });

  it('refuses to start in production without a storage, and says what to do', async () => {
    process.env['NODE_ENV'] = 'production';
    const error: unknown = await openApp(orderProviders).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SagaStorageMissingError);
    expect(String(error)).toContain('typeOrmSagaStorage()');
  });

  it('starts in production with memory that was asked for', async () => {
    process.env['NODE_ENV'] = 'production';
    const { sagas } = await openApp(orderProviders, { storage: memory() });
    expect(await (await sagas.start(new OrderContext('book'))).outcome()).toMatchObject({
      status: 'completed',
    });
  });

  it('makes the storage from the providers that its factory injects, from any module', async () => {
    class Connection {
      readonly storage = memory();
    }
    @Module({ providers: [Connection] })
    class ConnectionModule {}
    const app = await Test.createTestingModule({
      imports: [SagaModule.forRoot({ storage: storageOf(Connection) }), ConnectionModule],
      providers: orderProviders,
    }).compile();
    await app.init();
    const { sagaId } = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    expect(await app.get(Connection, { strict: false }).storage.find(sagaId)).toBeDefined();
    await app.close();
  });

  it('names the provider of a storage that no module has', async () => {
    class Connection {
      readonly storage = memory();
    }
    await expect(openApp(orderProviders, { storage: storageOf(Connection) })).rejects.toThrow(
      'needs Connection, which no module of this application provides',
    );
  });

  it('lists every option that is out of range', async () => {
    const options = {
      concurrency: 0.5,
      shutdownTimeoutMs: Number.NaN,
      worker: 'no',
      recovery: { batchSize: 0, maximumRecoveryAttempts: -1 },
      timeoutMs: 0,
      compensation: { onExhausted: 'stop' },
    } as unknown as SagaModuleOptions;
    const error: unknown = await openApp(orderProviders, options).catch((thrown: unknown) => thrown);
    const problems = error instanceof SagaDefinitionError ? error.problems : [];
    expect(problems.map(({ problem }) => problem)).toEqual([
      'worker is "no"',
      'concurrency is 0.5',
      'recovery.batchSize is 0',
      'recovery.maximumRecoveryAttempts is -1',
      'shutdownTimeoutMs is NaN',
      'compensation.onExhausted is "stop"',
      'timeoutMs is 0',
    ]);
  });

  it('refuses a lease that its renewals use up', async () => {
    const lease = { leaseDurationMs: 1_000, renewalIntervalMs: 900, safetyMarginMs: 200 };
    await expect(openApp(orderProviders, { lease })).rejects.toThrow(
      'lease.renewalIntervalMs (900) and lease.safetyMarginMs (200) leave nothing of lease.leaseDurationMs (1000)',
    );
  });

  it('refuses to be imported twice', async () => {
    const app = await Test.createTestingModule({
      imports: [
        SagaModule.forRoot({ storage: memory() }),
        SagaModule.forRoot({ storage: memory(), worker: false }),
      ],
    })
      .setLogger(silent)
      .compile();
    await expect(app.init()).rejects.toThrow('SagaModule: it is imported 2 times');
  });

  it('refuses sagas before it is initialized, and says when they can be used', async () => {
    const app = await Test.createTestingModule({
      imports: [SagaModule.forRoot({ storage: memory() })],
      providers: orderProviders,
    }).compile();
    await expect(app.get(SagaOrchestrator).start(new OrderContext('book'))).rejects.toMatchObject({
      code: 'SAGA_MODULE_NOT_INITIALIZED',
    });
    await app.init();
    const handle = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    await app.close();
  });

  it('runs sagas that another module starts in onApplicationBootstrap, in any order of the modules', async () => {
    @Injectable()
    class Starter implements OnApplicationBootstrap {
      handle: SagaHandle | undefined;
      constructor(private readonly sagas: SagaOrchestrator) {}
      async onApplicationBootstrap(): Promise<void> {
        this.handle = await this.sagas.start(new OrderContext('book'));
      }
    }
    @Module({ providers: [Starter] })
    class DeepModule {}
    @Module({ imports: [DeepModule] })
    class MiddleModule {}
    const app = await Test.createTestingModule({
      imports: [MiddleModule, SagaModule.forRoot({ storage: memory() })],
      providers: [...orderProviders, Starter],
    }).compile();
    await app.init();
    for (const starter of [app.get(Starter), app.select(DeepModule).get(Starter)])
      expect(await starter.handle?.outcome()).toMatchObject({ status: 'completed' });
    await app.close();
  });

  it('runs no step before every module is initialized', async () => {
    const storage = memory();
    const web = await openApp(orderProviders, { storage, worker: false });
    const { sagaId } = await web.sagas.enqueue(new OrderContext('book'));
    const order: string[] = [];
    @Injectable()
    class Slow implements OnModuleInit {
      async onModuleInit(): Promise<void> {
        await new Promise(setImmediate);
        order.push('initialized');
      }
    }
    const worker = await Test.createTestingModule({
      imports: [SagaModule.forRoot({ storage })],
      providers: [...orderProviders, Slow],
    }).compile();
    worker.get(Calls).onRun = ({ step }) => order.push(step);
    await worker.init();
    await (await worker.get(SagaOrchestrator).recover(sagaId)).outcome();
    expect(order).toEqual(['initialized', 'reserve', 'charge', 'ship']);
    await worker.close();
  });

  it('closes though it was never opened', async () => {
    const app = await Test.createTestingModule({
      imports: [SagaModule.forRoot({ storage: memory() })],
    }).compile();
    await expect(app.close()).resolves.toBeUndefined();
  });

  it('closes the storage again where the worker cannot start', async () => {
    const storage = memory();
    const close = jest.spyOn(storage, 'close');
    storage.registerWorker = () => Promise.reject(new Error('read-only'));
    await expect(openApp(orderProviders, { storage })).rejects.toThrow('read-only');
    expect(close).toHaveBeenCalled();
  });
});

function memory(): InMemorySagaStorage {
  return new InMemorySagaStorage(new SystemClock());
}

function storageOf(connection: new () => { readonly storage: InMemorySagaStorage }): SagaStorageFactory {
  return {
    kind: 'saga-storage-factory',
    inject: [connection],
    create: ({ storage }: { readonly storage: InMemorySagaStorage }) => storage,
  };
}

async function openLogged(options: SagaModuleOptions) {
  const warn = jest.fn<LoggerService['warn']>();
  await openApp(orderProviders, options, (builder) => builder.setLogger({ ...silent, warn }));
  return { warn };
}
