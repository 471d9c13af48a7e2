import { afterEach, describe, expect, it } from '@jest/globals';
import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Global, Injectable, Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { lastValueFrom } from 'rxjs';
import {
  InMemorySagaStorage,
  SagaCatalog,
  SagaModule,
  SagaOperator,
  SagaOrchestrator,
  sagaSignal,
  SystemClock,
} from '../src/index.js';
import { SagaHealthIndicator } from '../src/terminus/index.js';
import { closeApps, keepOpen, openApp, silent } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

const sagaId = '0190a1b2-0000-7000-8000-000000000001';

type Use = (reference: ModuleRef) => Promise<unknown>;
const withSagas = (use: (sagas: SagaOrchestrator) => Promise<unknown>): Use => {
  return (reference) => use(reference.get(SagaOrchestrator, { strict: false }));
};
const withOperator = (use: (operator: SagaOperator) => Promise<unknown>): Use => {
  return (reference) => use(reference.get(SagaOperator, { strict: false }));
};

const uses: ReadonlyMap<string, Use> = new Map([
  ['start', withSagas((sagas) => sagas.start(new OrderContext('pen')))],
  ['enqueue', withSagas((sagas) => sagas.enqueue(new OrderContext('pen')))],
  ['stream', withSagas((sagas) => lastValueFrom(sagas.stream(new OrderContext('pen'))))],
  ['watch', withSagas((sagas) => lastValueFrom(sagas.watch(sagaId)))],
  ['find', withSagas((sagas) => sagas.find(sagaId))],
  ['history', withSagas((sagas) => sagas.history(sagaId))],
  ['recover', withSagas((sagas) => sagas.recover(sagaId))],
  ['cancel', withSagas((sagas) => sagas.cancel(sagaId, 'a mistake'))],
  ['list', withOperator((operator) => operator.list())],
  ['retry', withOperator((operator) => operator.retry(sagaId))],
  ['resolveStep', withOperator((operator) => operator.resolveStep(sagaId, 'ship', 'sent'))],
  ['signal', withSagas((sagas) => sagas.signal(sagaId, sagaSignal('paid')))],
  [
    'decide',
    withOperator((operator) => operator.decide(sagaId, 'refund', { decision: 'approved', actor: 'ada' })),
  ],
  ['redeliver', withOperator((operator) => operator.redeliver(sagaId, { seq: 1, actor: 'ada' }))],
  ['find by key', withSagas((sagas) => sagas.find({ saga: 'order', key: 'order-1' }))],
  ['drawExecution', (reference) => reference.get(SagaCatalog, { strict: false }).drawExecution(sagaId)],
]);

/**
 * An application with a queued saga, one module that uses sagas in onModuleInit(), and one that takes its time there.
 * Gives what the early use got, and what happened in which order.
 */
async function bootWithEarly(use: Use) {
  const storage = new InMemorySagaStorage(new SystemClock());
  const client = await openApp(orderProviders, { storage, worker: false });
  const queued = await client.sagas.enqueue(new OrderContext('book'));
  const happened: string[] = [];
  let got: unknown;
  @Injectable()
  class Early implements OnModuleInit {
    constructor(private readonly reference: ModuleRef) {}
    async onModuleInit(): Promise<void> {
      got = await use(this.reference).catch((error: unknown) => error);
    }
  }
  @Module({ imports: [TerminusModule], providers: [Early, SagaHealthIndicator] })
  class EarlyModule {}
  @Injectable()
  class Slow implements OnModuleInit {
    async onModuleInit(): Promise<void> {
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      happened.push('initialized');
    }
  }
  const app = await Test.createTestingModule({
    imports: [SagaModule.forRoot({ storage }), EarlyModule],
    providers: [...orderProviders, Slow],
  })
    .setLogger(silent)
    .compile();
  app.get(Calls).onRun = ({ step }) => happened.push(step);
  await keepOpen(app).init();
  await (await app.get(SagaOrchestrator).recover(queued.sagaId)).outcome();
  return { app, storage, happened, got };
}

describe('sagas that are used before every module is initialized', () => {
  afterEach(closeApps);

  it.each([...uses.keys()])('%s() is refused, and nothing runs before they are', async (name) => {
    const use = uses.get(name) ?? (() => Promise.resolve());
    const { storage, happened, got } = await bootWithEarly(use);
    expect(got).toMatchObject({ code: 'SAGA_MODULE_NOT_INITIALIZED' });
    expect(happened).toEqual(['initialized', 'reserve', 'charge', 'ship']);
    expect((await storage.list({ limit: 9 })).sagas).toHaveLength(1);
  });

  it('a health check shows that they cannot be used yet, and opens nothing', async () => {
    const { app, happened, got } = await bootWithEarly((reference) =>
      reference.get(SagaHealthIndicator).check('sagas'),
    );
    expect(got).toMatchObject({
      sagas: { status: 'down', problems: ['the storage cannot be used (SAGA_MODULE_NOT_INITIALIZED)'] },
    });
    expect(happened[0]).toBe('initialized');
    expect(await app.get(SagaHealthIndicator, { strict: false }).check('sagas')).toMatchObject({
      sagas: { status: 'up' },
    });
  });

  it.each([true, false])(
    'a global module that comes first can start one in onApplicationBootstrap (SagaModule global: %s)',
    async (isGlobal) => {
      let outcome: unknown;
      @Injectable()
      class Starter implements OnApplicationBootstrap {
        constructor(private readonly reference: ModuleRef) {}
        async onApplicationBootstrap(): Promise<void> {
          const sagas = this.reference.get(SagaOrchestrator, { strict: false });
          outcome = await (await sagas.start(new OrderContext('book'))).outcome();
        }
      }
      @Global()
      @Module({ providers: [Starter] })
      class FirstModule {}
      const app = await Test.createTestingModule({
        imports: [FirstModule, SagaModule.forRoot({ isGlobal })],
        providers: orderProviders,
      })
        .setLogger(silent)
        .compile();
      await keepOpen(app).init();
      expect(outcome).toMatchObject({ status: 'completed' });
    },
  );
});
