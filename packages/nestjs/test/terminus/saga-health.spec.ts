import { afterEach, describe, expect, it } from '@jest/globals';
import { ModuleRef } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import type { HealthIndicatorService } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { DelayedStorage, FakeClock, FaultyStorage, flushPromises } from '@nest-saga/testing';
import {
  days,
  InMemorySagaStorage,
  InvalidArgumentError,
  SagaModule,
  SagaOrchestrator,
  SystemClock,
} from '../../src/index.js';
import type { SagaModuleOptions } from '../../src/index.js';
import { SagaRuntime } from '../../src/runtime/saga.runtime.js';
import { SagaHealthIndicator } from '../../src/terminus/index.js';
import type { SagaHealthOptions } from '../../src/terminus/index.js';
import { silent } from '../open-app.js';
import { Calls, OrderContext, orderProviders } from '../order-saga.js';

describe('SagaHealthIndicator', () => {
  afterEach(async () => {
    for (const close of toClose.splice(0)) await close();
  });

  it('is up for a process that works, and stays so as time goes by', async () => {
    const { clock, check } = await open();
    expect(await check()).toMatchObject({ status: 'up', stuck: 0, unregistered: 0, oldestOpenAgeMs: null });
    await clock.advance(600_000);
    expect(await check()).toMatchObject({ status: 'up' });
  });

  it('is up for sagas that wait, however long, and counts them by what they wait for', async () => {
    const { app, clock, check } = await open();
    await app.get(SagaOrchestrator).start(new OrderContext('book'), { delayMs: days(30) });
    await clock.advance(600_000);
    expect(await check({ maximumOpenAgeMs: 1_000 })).toMatchObject({
      status: 'up',
      pending: 1,
      waiting: 1,
      waitingFor: { delay: 1 },
      oldestOpenAgeMs: null,
    });
  });

  it('is down where the storage fails, and up again when it is back', async () => {
    const { storage, check } = await open();
    const end = storage.inject({ method: 'summarize', outcome: 'not-written' });
    expect(await check()).toMatchObject({
      status: 'down',
      problems: ['the storage cannot be used (SAGA_STORAGE_FAILED)'],
    });
    end();
    expect(await check()).toMatchObject({ status: 'up' });
  });

  it('answers at its deadline where the storage does not, without asking it once more for each check', async () => {
    const { delayed, clock, check } = await open();
    delayed.hold('summarize');
    const checks = [check({ timeoutMs: 50 }), check({ timeoutMs: 50 })];
    await clock.advance(50);
    for (const answer of checks)
      expect(await answer).toMatchObject({
        status: 'down',
        problems: ['the storage has not answered within 50 ms'],
        heartbeatAgeMs: expect.any(Number),
      });
    expect(delayed.waitingCalls).toEqual(['summarize']);
    delayed.letPass('summarize');
    await flushPromises();
    expect(await check()).toMatchObject({ status: 'up' });
  });

  it('asks again if the storage never answers an old question', async () => {
    const { delayed, clock, check } = await open();
    delayed.hold('summarize');
    const first = check({ timeoutMs: 50 });
    await clock.advance(501);
    expect(await first).toMatchObject({ status: 'down' });
    const second = check({ timeoutMs: 50 });
    await flushPromises();
    expect(delayed.waitingCalls).toEqual(['summarize', 'summarize']);
    delayed.letPass('summarize');
    expect(await second).toMatchObject({ status: 'up' });
  });

  it('is down where the check of the storage fails, for example because its schema is behind', async () => {
    const { storage, check } = await open();
    Object.assign(storage, { check: () => Promise.reject(new InvalidArgumentError('schema', 'migrate it')) });
    expect(await check()).toMatchObject({
      status: 'down',
      problems: ['the storage cannot be used (SAGA_INVALID_ARGUMENT)'],
    });
  });

  it('is down two intervals after the sweep was killed silently', async () => {
    const { app, clock, check } = await open();
    (await app.get(SagaRuntime).opened()).worker.sweep.stop();
    await clock.advance(11_000);
    expect(await check()).toMatchObject({ status: 'up' });
    await clock.advance(1_500);
    expect(await check()).toMatchObject({
      status: 'down',
      problems: ['the recovery sweep has not succeeded for two intervals'],
    });
  });

  it('is down where the sweep fails again and again', async () => {
    const { storage, clock, check } = await open();
    storage.inject({ method: 'releaseExpired', outcome: 'not-written' });
    await clock.advance(20_000);
    expect(await check()).toMatchObject({
      status: 'down',
      problems: ['the recovery sweep has not succeeded for two intervals'],
    });
  });

  it('is down where the heartbeat has not succeeded for two intervals, before the lease is lost', async () => {
    const { storage, clock, check } = await open();
    storage.inject({ method: 'renewWorker', outcome: 'not-written' });
    await clock.advance(21_000);
    expect(await check()).toMatchObject({
      status: 'down',
      problems: ['the heartbeat has not succeeded for two intervals'],
    });
  });

  it('is down where the worker was fenced and gets no new lease', async () => {
    const { app, storage, clock, check } = await open();
    const { worker = '' } = (await app.get(SagaRuntime).opened()).worker.lease;
    storage.inject({ method: 'registerWorker', outcome: 'not-written' });
    // As others do with the row of a worker that was asleep for too long.
    await storage.removeWorker(worker);
    await clock.advance(12_000);
    expect(await check()).toMatchObject({
      status: 'down',
      problems: ['this worker has no valid lease: it runs no saga'],
    });
  });

  it('is degraded where a saga is stuck', async () => {
    const { app, sagas, check } = await open();
    app.get(Calls).answers.set('ship:act', fail);
    app.get(Calls).answers.set('charge:compensate', fail);
    const { outcome } = await sagas.start(new OrderContext('book'));
    expect((await outcome()).status).toBe('stuck');
    expect(await check()).toMatchObject({
      status: 'degraded',
      stuck: 1,
      problems: ['1 saga is stuck and waits for an operator'],
    });
  });

  it('is degraded where the oldest open saga is older than the limit', async () => {
    const { app, sagas, clock, check } = await open();
    app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    await sagas.start(new OrderContext('book'));
    expect(await check({ maximumOpenAgeMs: 60_000 })).toMatchObject({ status: 'up', running: 1 });
    await clock.advance(60_001);
    expect(await check({ maximumOpenAgeMs: 60_000 })).toMatchObject({
      status: 'degraded',
      problems: ['the oldest open saga is older than it should ever be'],
    });
  });

  it('is degraded if an open saga has a name that is not registered', async () => {
    const { storage, check } = await open();
    await storage.start({
      sagaId: '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41',
      saga: 'forgotten',
      version: 1,
      key: undefined,
      context: '{"secret":"4111"}',
      metadata: {},
      owner: undefined,
    });
    const health = await check();
    expect(health).toMatchObject({ status: 'degraded', unregistered: 1, pending: 1 });
    for (const secret of ['4111', 'forgotten', '018f3a5e'])
      expect(JSON.stringify(health)).not.toContain(secret);
    expect(await check({ expectsEverySaga: false })).toMatchObject({ status: 'up' });
  });

  it('asks nothing of the worker in a process that runs no sagas', async () => {
    const { storage, clock, check } = await open({ worker: false });
    storage.inject({ method: 'registerWorker', outcome: 'not-written' });
    await clock.advance(600_000);
    const health = await check();
    expect(health).toMatchObject({ status: 'up' });
    expect(health).not.toHaveProperty('heartbeatAgeMs');
  });

  it('is up and says that it is degraded where Terminus knows up and down only, as version 11 does', async () => {
    const { app, sagas } = await open();
    const session = (key: string) => ({
      up: (data: object) => ({ [key]: { ...data, status: 'up' } }),
      down: (data: object) => ({ [key]: { ...data, status: 'down' } }),
    });
    const terminus11 = { check: session } as unknown as HealthIndicatorService;
    const indicator = new SagaHealthIndicator(terminus11, app.get(ModuleRef));
    app.get(Calls).answers.set('ship:act', fail);
    app.get(Calls).answers.set('charge:compensate', fail);
    await (await sagas.start(new OrderContext('book'))).outcome();
    expect(await indicator.check('sagas')).toMatchObject({
      sagas: { status: 'up', degraded: true, stuck: 1 },
    });
  });

  it('refuses a deadline that is none', async () => {
    const { check } = await open();
    await expect(check({ timeoutMs: 0 })).rejects.toBeInstanceOf(InvalidArgumentError);
  });
});

function fail(): never {
  throw new Error('out of order');
}

const toClose: (() => Promise<void>)[] = [];

/** An application on a clock of its own, with a storage that can be made to fail and to hang. */
async function open(module: SagaModuleOptions = {}) {
  const clock = new FakeClock();
  const delayed = new DelayedStorage(new InMemorySagaStorage(clock));
  const storage = new FaultyStorage(delayed);
  const options = { storage, compensation: { maximumAttempts: 1 }, shutdownTimeoutMs: 0, abortGraceMs: 0 };
  const app = await Test.createTestingModule({
    imports: [SagaModule.forRoot({ ...options, ...module }), TerminusModule],
    providers: [...orderProviders, SagaHealthIndicator],
  })
    .setLogger(silent)
    .overrideProvider(SystemClock)
    .useValue(clock)
    .compile();
  await app.init();
  toClose.push(async () => {
    const closed = app.close();
    await clock.advance(60_000);
    await closed;
  });
  const indicator = app.get(SagaHealthIndicator);
  return {
    app,
    sagas: app.get(SagaOrchestrator),
    clock,
    delayed,
    storage,
    check: async (healthOptions?: SagaHealthOptions) => (await indicator.check('sagas', healthOptions)).sagas,
  };
}
