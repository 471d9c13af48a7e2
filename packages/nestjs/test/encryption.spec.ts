import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock, flushPromises } from '@nest-saga/testing';
import {
  aesGcmCodec,
  approval,
  hours,
  InMemorySagaStorage,
  Saga,
  SagaOperator,
  sagaSignal,
  SystemClock,
  waitFor,
} from '../src/index.js';
import type { ContextCodec, SagaModuleOptions } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import type { OpenApp } from './open-app.js';
import { Calls, ChargeStep, OrderContext, ReserveStep } from './order-saga.js';

const secret = 'top secret';

class Payment {
  constructor(readonly card: string) {}
}
const paid = sagaSignal('paid', Payment);

@Saga(OrderContext, {
  name: 'order',
  steps: [
    ReserveStep,
    waitFor('payment', [paid], { timeoutMs: hours(1) }),
    approval('check', { title: (order) => `Check the ${order.item}` }),
    ChargeStep,
  ],
})
class OrderSaga {}

const keys = { old: randomBytes(32), new: randomBytes(32) };
const oldCodec = aesGcmCodec({ keys: { old: keys.old }, current: 'old' });
const rotated = aesGcmCodec({ keys, current: 'new' });
const withoutOld = aesGcmCodec({ keys: { new: keys.new }, current: 'new' });

describe('sagas that are encrypted', () => {
  afterEach(closeApps);

  it('leave no plain text in the storage and the log, and people read what was written', async () => {
    const { sagas, app, stored, lines } = await open({ codec: oldCodec });
    const operator = app.get(SagaOperator);
    app.get(Calls).onRun = (run) => run.emit({ secret });
    app.get(Calls).answers.set('reserve:act', () => ({ secret }));
    app.get(Calls).answers.set('charge:act', () => Promise.reject(new Error(`declined: ${secret}`)));
    const { sagaId } = await sagas.start(new OrderContext(secret));
    await sagas.signal(sagaId, paid, new Payment(secret));
    await waitingFor(sagas, sagaId, 'approval');
    const [asked] = (await operator.listApprovals({})).approvals;
    expect(asked).toMatchObject({ title: `Check the ${secret}` });
    await operator.decide(sagaId, 'check', {
      decision: 'approved',
      actor: 'ada',
      note: `looks like ${secret}`,
    });
    const outcome = await (await sagas.recover(sagaId)).outcome();
    expect(outcome).toMatchObject({ status: 'failed', context: { item: secret } });
    expect(outcome.failure).toMatchObject({ step: 'charge', message: `declined: ${secret}` });
    const history = JSON.stringify(await sagas.history(sagaId));
    expect(history).toContain(`looks like ${secret}`);
    expect(await sagas.find(sagaId)).toMatchObject({
      startContext: { item: secret },
      failure: { message: `declined: ${secret}` },
    });
    expect(stored()).not.toContain(secret);
    expect(stored()).toContain('ada');
    expect(lines.join('\n')).not.toContain(secret);
    expect(lines.join('\n')).toContain('(encrypted)');
  });

  it('keep the reason of a cancel from others', async () => {
    const { sagas, stored } = await open({ codec: oldCodec });
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await sagas.cancel(sagaId, secret);
    expect((await (await sagas.recover(sagaId)).outcome()).failure).toMatchObject({ message: secret });
    expect(stored()).not.toContain(secret);
  });

  it('leave a context that did not change out of the journal', async () => {
    const { sagas } = await open({ codec: oldCodec });
    const { sagaId } = await sagas.start(new OrderContext('book'));
    await sagas.signal(sagaId, paid, new Payment('4111'));
    await waitingFor(sagas, sagaId, 'approval');
    const ended = (await sagas.history(sagaId)).find(({ kind }) => kind === 'wait-ended');
    expect(ended).not.toHaveProperty('context');
  });

  it('attach to the same start with another id, under any key', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { sagas } = await open({ codec: oldCodec, storage });
    const { sagaId } = await sagas.start(new OrderContext('book'), { key: 'A-1' });
    const again = await open({ codec: rotated, storage });
    expect((await again.sagas.start(new OrderContext('book'), { key: 'A-1' })).sagaId).toBe(sagaId);
    await expect(again.sagas.start(new OrderContext('pen'), { key: 'A-1' })).rejects.toMatchObject({
      code: 'SAGA_CONFLICT',
    });
  });

  it('continue after a rotation of the keys while they run', async () => {
    const storage = new InMemorySagaStorage(new SystemClock());
    const { sagas, app } = await open({ codec: oldCodec, storage });
    const ids: string[] = [];
    for (let index = 0; index < 20; index++)
      ids.push((await sagas.start(new OrderContext(`book ${index}`))).sagaId);
    await app.close();
    const next = await open({ codec: rotated, storage });
    const operator = next.app.get(SagaOperator);
    for (const sagaId of ids) {
      await next.sagas.signal(sagaId, paid, new Payment('4111'));
      await waitingFor(next.sagas, sagaId, 'approval');
      await operator.decide(sagaId, 'check', { decision: 'approved', actor: 'ada' });
    }
    for (const [index, sagaId] of ids.entries()) {
      const outcome = await (await next.sagas.recover(sagaId)).outcome();
      expect(outcome).toMatchObject({ status: 'completed', context: { item: `book ${index}` } });
    }
    expect(next.stored()).toContain('"key":"new"'.replaceAll('"', '\\"'));
  });

  it('are left alone by a process without their key, which says why, and another process continues them', async () => {
    const clock = new FakeClock();
    const storage = new InMemorySagaStorage(clock);
    const first = await open({ codec: oldCodec, storage }, clock);
    const { sagaId } = await first.sagas.start(new OrderContext(secret));
    await first.app.close();
    const keyless = await open({ codec: withoutOld, storage }, clock);
    // A signal wakes it: for a process that can read it, it would go on.
    await keyless.sagas.signal(sagaId, paid, new Payment('4111'));
    for (let round = 0; round < 30; round++) await clock.advance(60_000);
    expect(keyless.app.get(Calls).made).toEqual([]);
    expect(keyless.lines.join('\n')).toContain('SAGA_ENCRYPTION_KEY_MISSING');
    expect(await storage.find(sagaId)).toMatchObject({ status: 'running', owner: undefined });
    await keyless.app.close();
    const last = await open({ codec: rotated, storage }, clock);
    for (let round = 0; round < 10; round++) await clock.advance(60_000);
    expect(await last.sagas.find(sagaId)).toMatchObject({ recoveries: 0, waiting: { for: 'approval' } });
  });

  it('are readable beside sagas with a codec of their own, and those without any', async () => {
    @Saga(OrderContext, { name: 'plain', codec: plainCodec, steps: [ReserveStep] })
    class PlainSaga {}
    const { sagas, stored } = await open({ codec: oldCodec }, undefined, [PlainSaga]);
    await (await sagas.start(new OrderContext('visible'), { saga: 'plain' })).outcome();
    expect(stored()).toContain('visible');
  });
});

const plainCodec: ContextCodec = {
  encode: (value) => JSON.stringify(value),
  decode: (json) => JSON.parse(json) as unknown,
};

type Sagas = OpenApp['sagas'];

async function waitingFor(sagas: Sagas, sagaId: string, what: string): Promise<void> {
  for (let turn = 0; turn < 1_000; turn++) {
    if ((await sagas.find(sagaId))?.waiting?.for === what) return;
    await flushPromises();
  }
  throw new Error(`${sagaId} does not wait for ${what}`);
}

interface Opened extends OpenApp {
  readonly lines: readonly string[];
  /** Everything that the storage was asked to write, as text. */
  stored(): string;
}

async function open(
  options: SagaModuleOptions,
  clock?: FakeClock,
  more: readonly (new () => object)[] = [],
): Promise<Opened> {
  const lines: string[] = [];
  const write = (line: unknown): number => lines.push(String(line));
  const storage = options.storage ?? new InMemorySagaStorage(clock ?? new SystemClock());
  const written: unknown[] = [];
  const recording = new Proxy(storage as InMemorySagaStorage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (name === 'start' || name === 'append') written.push(given);
        return (value as (...given: unknown[]) => unknown).apply(target, given);
      };
    },
  });
  const opened = await openApp(
    [Calls, ReserveStep, ChargeStep, OrderSaga, ...more],
    { retry: { maximumAttempts: 1 }, ...options, storage: recording },
    (builder) => {
      const logged = builder.setLogger({ log: write, warn: write, error: write, debug: write });
      return clock === undefined ? logged : logged.overrideProvider(SystemClock).useValue(clock);
    },
  );
  return { ...opened, lines, stored: () => JSON.stringify(written) };
}
