import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock, flushPromises } from '@nest-saga/testing';
import { InMemorySagaStorage, SagaStorageError, SystemClock } from '../src/index.js';
import type { SagaModuleOptions } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

const sagaId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';

describe('the log of an application', () => {
  afterEach(closeApps);

  it('shows the saga, its id, the step and the attempt, and never a context', async () => {
    const { app, sagas, lines } = await open({ retry: { maximumAttempts: 2, initialIntervalMs: 0 } });
    let attempts = 0;
    app.get(Calls).answers.set('charge:act', () => {
      if (++attempts === 1) throw Object.assign(new Error('busy'), { code: 'GATEWAY_BUSY' });
      return { secret: 'top secret' };
    });
    await (await sagas.start(new OrderContext('top secret'), { sagaId })).outcome();
    expect(lines.filter((line) => line.includes(sagaId))).toEqual([
      `debug order ${sagaId} started`,
      `debug order ${sagaId} step "reserve" act attempt 1 completed`,
      `warn order ${sagaId} step "charge" act attempt 1 failed: Error GATEWAY_BUSY: busy (it will be tried again)`,
      `debug order ${sagaId} step "charge" act attempt 2 completed`,
      `debug order ${sagaId} step "ship" act attempt 1 completed`,
      `debug order ${sagaId} completed`,
    ]);
    expect(lines.join('\n')).not.toContain('top secret');
  });

  it('shows an undo as a warning and a stuck saga as an error', async () => {
    const { app, sagas, lines } = await open({ compensation: { maximumAttempts: 1 } });
    app.get(Calls).answers.set('charge:act', () => Promise.reject(new Error('declined')));
    await (await sagas.start(new OrderContext('book'), { sagaId })).outcome();
    expect(lines).toEqual(
      expect.arrayContaining([
        `warn order ${sagaId} is being undone: step "charge": Error: declined`,
        `warn order ${sagaId} failed and was undone: step "charge": Error: declined`,
      ]),
    );
    app.get(Calls).answers.set('reserve:compensate', () => Promise.reject(new Error('shelf is gone')));
    const { sagaId: second } = await sagas.start(new OrderContext('book'));
    await flushPromises();
    expect(lines).toContain(
      `error order ${second} is stuck and needs an operator: compensation-exhausted at step "reserve": shelf is gone`,
    );
  });

  it('logs that a saga was stopped at a shutdown', async () => {
    const clock = new FakeClock();
    const { app, sagas, lines } = await open({ shutdownTimeoutMs: 0, abortGraceMs: 0 }, clock);
    app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    await sagas.start(new OrderContext('book'), { sagaId });
    await flushPromises();
    const closed = app.close();
    await clock.advance(1);
    await closed;
    expect(lines).toContain(`log order ${sagaId} was stopped here: this process is shutting down`);
  });

  it('shows that the lease was lost, and which sagas were stopped with it', async () => {
    const clock = new FakeClock();
    const storage = new InMemorySagaStorage(clock);
    const { app, sagas, lines } = await open({ storage, abortGraceMs: 0 }, clock);
    app.get(Calls).answers.set('charge:act', () => new Promise(() => undefined));
    await sagas.start(new OrderContext('book'), { sagaId });
    await flushPromises();
    const worker = (await storage.find(sagaId))?.owner;
    storage.renewWorker = () => Promise.reject(new SagaStorageError('renewWorker', 'not-written'));
    await clock.advance(25_001);
    const told = lines.filter((line) => line.includes('could not renew its lease'));
    expect(told).toEqual([
      `error Worker ${worker} could not renew its lease: it stopped its sagas, and other workers claim them`,
      `warn order ${sagaId} was stopped here: this worker could not renew its lease`,
    ]);
  });

  it('logs that a saga was stopped because another worker claimed it', async () => {
    const clock = new FakeClock();
    const storage = new InMemorySagaStorage(clock);
    const { app, sagas, lines } = await open({ storage }, clock);
    let finish = (): void => undefined;
    app.get(Calls).answers.set('charge:act', () => new Promise<void>((resolve) => (finish = resolve)));
    await sagas.start(new OrderContext('book'), { sagaId });
    await flushPromises();
    await storage.append({
      sagaId,
      seq: 2,
      worker: 'another',
      entry: { kind: 'claimed', from: 'running' },
      change: { status: 'running', owner: 'another', failure: undefined, stuck: undefined },
    });
    finish();
    await flushPromises();
    expect(lines.filter((line) => line.includes(sagaId)).at(-1)).toBe(
      `warn order ${sagaId} was stopped here: another worker claimed it, so this one wrote and started nothing more`,
    );
  });

  it('shows that a saga was recovered after its process died, and that a queued one was claimed', async () => {
    const clock = new FakeClock();
    const storage = new InMemorySagaStorage(clock);
    await storage.registerWorker('worker-that-dies', 1_000);
    const saga = { saga: 'order', version: 1, context: JSON.stringify(new OrderContext('top secret')) };
    const queuedId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c42';
    const more = { key: undefined, metadata: {} };
    await storage.start({ sagaId, ...saga, ...more, owner: 'worker-that-dies' });
    await storage.start({ sagaId: queuedId, ...saga, ...more, owner: undefined });
    const { lines } = await open({ storage }, clock);
    await clock.advance(60_000);
    expect(lines).toEqual(
      expect.arrayContaining([
        `log order ${sagaId} recovered (recovery 1 without progress)`,
        `debug order ${sagaId} completed`,
        `debug order ${queuedId} claimed from the queue`,
        `debug order ${queuedId} completed`,
      ]),
    );
    expect(lines.join('\n')).not.toContain('top secret');
  });

  it('shows a failing sweep once in thirty seconds, with the number of those kept back', async () => {
    const clock = new FakeClock();
    const storage = new InMemorySagaStorage(clock);
    storage.releaseExpired = () =>
      Promise.reject(
        new SagaStorageError('releaseExpired', 'not-written', {
          cause: Object.assign(new Error('password=hunter2'), { code: '57P01' }),
        }),
      );
    const { lines } = await open({ storage }, clock);
    await clock.advance(29_000);
    const told = () => lines.filter((line) => line.includes('sweep'));
    expect(told()).toEqual([
      'error The recovery sweep failed: SagaStorageError SAGA_STORAGE_FAILED: The saga storage failed at ' +
        '"releaseExpired": nothing was written; it is tried again. (caused by Error 57P01)',
    ]);
    await clock.advance(10_000);
    expect(told()).toHaveLength(2);
    expect(told()[1]).toMatch(/\(and \d more since this was last logged\)$/);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  it.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('the broker is down');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('the broker is down'))],
  ])('shows what a listener %s at which event of which saga', async (_name, fail) => {
    const { app, sagas, lines } = await open({
      listener: { onSagaEvent: ({ type }) => (type === 'emitted' ? fail() : undefined), onWorkerEvent: fail },
    });
    app.get(Calls).onRun = (run) => run.emit({ paid: true });
    const handle = await sagas.start(new OrderContext('book'), { sagaId });
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    await flushPromises();
    const line = `error A listener threw at "emitted" of order ${sagaId}: Error: the broker is down`;
    expect(lines.filter((one) => one.includes('A listener threw at "emitted"'))).toEqual([line, line, line]);
    expect(lines).toContain('error A listener threw at "lease-acquired": Error: the broker is down');
  });
});

async function open(options: SagaModuleOptions = {}, clock = new FakeClock()) {
  const lines: string[] = [];
  const keep = (level: string) => (message: string) => lines.push(`${level} ${message}`);
  const logger = {
    log: keep('log'),
    error: keep('error'),
    warn: keep('warn'),
    debug: keep('debug'),
    verbose: keep('verbose'),
    fatal: keep('fatal'),
  };
  const opened = await openApp(
    orderProviders,
    { storage: new InMemorySagaStorage(clock), ...options },
    (builder) => builder.setLogger(logger).overrideProvider(SystemClock).useValue(clock),
  );
  return { ...opened, lines };
}
