import { afterEach, describe, expect, it } from '@jest/globals';
import { Scope } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  InMemorySagaStorage,
  SAGA_STORAGE,
  SagaModule,
  SagaOrchestrator,
  SystemClock,
} from '../src/index.js';
import type { SagaStorageFactory } from '../src/index.js';
import { closeApps, keepOpen, silent } from './open-app.js';
import { OrderContext, orderProviders } from './order-saga.js';

class Connection {
  readonly storage = new InMemorySagaStorage(new SystemClock());
}

class OneModule {}
class OtherModule {}

const storage: SagaStorageFactory = {
  kind: 'saga-storage-factory',
  inject: [Connection],
  create: (connection: Connection) => connection.storage,
};

describe('what a storage needs of the application', () => {
  afterEach(closeApps);

  it('is what SagaModule itself imports, whatever other modules provide', async () => {
    const own = new Connection();
    const app = await open(
      providing(OneModule, new Connection()),
      SagaModule.forRootAsync({
        imports: [providing(OtherModule, own)],
        useFactory: () => ({ storage }),
      }),
    );
    const { sagaId } = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    expect(await own.storage.find(sagaId)).toBeDefined();
  });

  it('is refused if two modules provide it and SagaModule sees neither', async () => {
    const opened = open(
      providing(OneModule, new Connection()),
      providing(OtherModule, new Connection()),
      SagaModule.forRoot({ storage }),
    );
    await expect(opened).rejects.toThrow(
      'needs Connection, which OneModule and OtherModule provide, and SagaModule imports it from none of them.',
    );
  });

  it('is refused if each request has one of its own', async () => {
    const scoped = {
      provide: Connection,
      scope: Scope.REQUEST,
      useFactory: () => new Connection(),
    };
    const opened = open({ module: OneModule, providers: [scoped] }, SagaModule.forRoot({ storage }));
    await expect(opened).rejects.toThrow('needs Connection, which is a new instance for each request.');
  });

  it.each([undefined, null])('is refused if its provider gave %s', async (nothing) => {
    const empty = { provide: Connection, useFactory: async () => nothing };
    const opened = open({ module: OneModule, providers: [empty] }, SagaModule.forRoot({ storage }));
    await expect(opened).rejects.toThrow(`needs Connection, whose provider gave ${String(nothing)}.`);
  });
});

describe('the storage of an application', () => {
  afterEach(closeApps);

  it('is replaced by a test, which then needs nothing of what the other one injects', async () => {
    const memory = new InMemorySagaStorage(new SystemClock());
    const builder = Test.createTestingModule({
      imports: [SagaModule.forRoot({ storage })],
      providers: orderProviders,
    }).setLogger(silent);
    const app = await builder.overrideProvider(SAGA_STORAGE).useValue(memory).compile();
    await keepOpen(app).init();
    const { sagaId } = await app.get(SagaOrchestrator).start(new OrderContext('book'));
    expect(await memory.find(sagaId)).toBeDefined();
  });
});

function providing(module: typeof OneModule, connection: Connection): DynamicModule {
  return { module, providers: [{ provide: Connection, useValue: connection }], exports: [Connection] };
}

async function open(...imports: readonly DynamicModule[]) {
  const app = await Test.createTestingModule({ imports: [...imports], providers: orderProviders })
    .setLogger(silent)
    .compile();
  return keepOpen(app).init();
}
