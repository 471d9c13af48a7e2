import { afterEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import {
  fallback,
  NonRetryableError,
  Saga,
  SagaCatalog,
  SagaModule,
  SagaModuleNotInitializedError,
} from '../src/index.js';
import { closeApps, openApp, silent } from './open-app.js';
import { Calls, ChargeStep, OrderContext, orderProviders, ReserveStep, ShipStep } from './order-saga.js';

@Saga({
  name: 'order',
  version: 2,
  context: OrderContext,
  steps: [ReserveStep, fallback(ChargeStep, ShipStep)],
})
class NextOrderSaga {}

describe('SagaCatalog', () => {
  afterEach(closeApps);

  it('lists the registered sagas with their steps, as plain values', async () => {
    const nonRetryableErrors = [NonRetryableError, 'E_DECLINED'];
    const { app } = await openApp([...orderProviders, NextOrderSaga], { retry: { nonRetryableErrors } });
    const listed = app.get(SagaCatalog).list();
    expect(listed).toMatchObject([
      {
        saga: 'order',
        version: 1,
        context: 'OrderContext',
        stages: [
          { position: 1, kind: 'step', steps: [{ id: 'reserve', aliases: [] }] },
          { position: 2, kind: 'step', steps: [{ id: 'charge' }] },
          { position: 3, kind: 'step', steps: [{ id: 'ship' }] },
        ],
      },
      {
        saga: 'order',
        version: 2,
        stages: [
          { position: 1, kind: 'step' },
          { position: 2, kind: 'fallback', steps: [{ id: 'charge' }, { id: 'ship' }] },
        ],
      },
    ]);
    expect(listed[0]?.stages[0]?.steps[0]?.retry.nonRetryableErrors).toEqual([
      'NonRetryableError',
      'E_DECLINED',
    ]);
    expect(structuredClone(listed)).toEqual(listed);
  });

  it('draws the newest version of a saga, or the one that is asked for', async () => {
    const { app } = await openApp([...orderProviders, NextOrderSaga]);
    const catalog = app.get(SagaCatalog);
    expect(catalog.draw('order')).toContain('order, version 2');
    expect(catalog.draw('order', { version: 1 })).toContain('order, version 1');
    expect(catalog.draw('order', { kind: 'class' })).toMatch(/^classDiagram/);
    expect(catalog.draw('order', { kind: 'state' })).toMatch(/^stateDiagram/);
  });

  it('draws what became of an execution', async () => {
    const { app, sagas } = await openApp(orderProviders);
    app.get(Calls).answers.set('charge:act', () => Promise.reject(new NonRetryableError('declined')));
    const { sagaId, outcome } = await sagas.start(new OrderContext('book'));
    await outcome();
    expect(await app.get(SagaCatalog).drawExecution(sagaId)).toContain('declined');
  });

  it('says what there is if it is asked for something else', async () => {
    const { app } = await openApp(orderProviders);
    const catalog = app.get(SagaCatalog);
    const nobody = '0190b6a0-0000-7000-8000-000000000001';
    expect(() => catalog.draw('gift')).toThrow('the name "gift" (registered: order version 1)');
    expect(() => catalog.draw('order', { version: 2 })).toThrow('"order" version 2');
    expect(() => catalog.draw('order', { kind: 'toString' as never })).toThrow('sequence, class, state');
    await expect(catalog.drawExecution(nobody)).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
    await expect(catalog.drawExecution('42')).rejects.toMatchObject({ code: 'SAGA_INVALID_ARGUMENT' });
  });

  it('knows no saga before the application is initialized', async () => {
    const app = await Test.createTestingModule({ imports: [SagaModule.forRoot()] })
      .setLogger(silent)
      .compile();
    expect(() => app.get(SagaCatalog).list()).toThrow(SagaModuleNotInitializedError);
  });
});
