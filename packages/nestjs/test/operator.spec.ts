import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '@nest-saga/testing';
import { hours, InMemorySagaStorage, SagaOperator, SagaStatus, SystemClock } from '../src/index.js';
import type { SagaList, SagaListStrings, StepResolution } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';
import { Calls, OrderContext, orderProviders } from './order-saga.js';

describe('SagaOperator.list', () => {
  afterEach(closeApps);

  it('gives pages, the newest first, that fit together without a gap or a repeat', async () => {
    const { operator, sagas, clock } = await open();
    const started: string[] = [];
    for (let index = 0; index < 7; index++) {
      started.unshift((await sagas.enqueue(new OrderContext(`book ${index}`))).sagaId);
      await clock.advance(index % 2);
    }
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await operator.list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      listed.push(...page.sagas.map(({ sagaId }) => sagaId));
      expect(page.sagas.length).toBeLessThanOrEqual(3);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(listed.toSorted()).toEqual(started.toSorted());
    const { sagas: oldest } = await operator.list({ order: 'oldest', limit: 1 });
    expect(oldest[0]?.context).toEqual(new OrderContext('book 0'));
  });

  it('shows of each saga where it stands, and what its steps left', async () => {
    const { operator } = await openStuck();
    const { sagas } = await operator.list({ status: SagaStatus.Stuck });
    expect(sagas).toEqual([
      expect.objectContaining({ step: 'charge', recoveries: 0, since: sagas[0]?.updatedAt }),
    ]);
    expect(sagas[0]?.context).toMatchObject({ item: 'book', reservationId: 'reservation of book' });
    expect(sagas[0]?.startContext).toEqual(new OrderContext('book'));
  });

  it('gives a shorter page if the contexts are large, and the rest on later pages', async () => {
    const { operator, sagas } = await open();
    const items = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(1_000_000));
    for (const item of items) await sagas.enqueue(new OrderContext(item));
    const pages: (readonly string[])[] = [];
    let cursor: string | undefined;
    do {
      const page = await operator.list({ order: 'oldest', ...(cursor === undefined ? {} : { cursor }) });
      pages.push(page.sagas.map(({ context }) => (context as OrderContext).item));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(pages.flat().toSorted()).toEqual(items);
    expect(pages.map(({ length }) => length)).toEqual([4, 4, 2]);
  });

  it('narrows to a status, a saga, a key and a time', async () => {
    const { operator, sagas, clock } = await open();
    await sagas.enqueue(new OrderContext('one'), { key: 'cart-1' });
    await clock.advance(1_000);
    const from = new Date(clock.now());
    await sagas.enqueue(new OrderContext('two'), { key: 'cart-2' });
    const items = async (query: SagaList) =>
      (await operator.list(query)).sagas.map(({ context }) => (context as OrderContext).item);
    expect(await items({ key: 'cart-1' })).toEqual(['one']);
    expect(await items({ from })).toEqual(['two']);
    expect(await items({ to: from })).toEqual(['one']);
    expect(await items({ saga: 'trip' })).toEqual([]);
    expect(await items({ status: SagaStatus.Pending, saga: 'order' })).toEqual(['two', 'one']);
    expect(await items({ status: SagaStatus.Stuck })).toEqual([]);
  });

  it('narrows to tags, the beginning of a key, several statuses and a wait', async () => {
    const { operator, sagas } = await open();
    await sagas.enqueue(new OrderContext('one'), { key: 'cart-1', tags: ['customer:42', 'gift'] });
    await sagas.enqueue(new OrderContext('two'), { key: 'cart-2', tags: ['customer:42'], delayMs: hours(1) });
    const items = async (query: SagaList | SagaListStrings) =>
      (await operator.list(query)).sagas.map(({ context }) => (context as OrderContext).item);
    expect(await items({ tags: ['customer:42'], order: 'oldest' })).toEqual(['one', 'two']);
    expect(await items({ tags: 'gift' })).toEqual(['one']);
    expect(await items({ tags: ['gift', 'customer:42'] })).toEqual(['one']);
    expect(await items({ keyPrefix: 'cart-', order: 'oldest' })).toEqual(['one', 'two']);
    expect(await items({ status: [SagaStatus.Stuck, SagaStatus.Pending] })).toHaveLength(2);
    expect(await items({ status: 'stuck,pending' })).toHaveLength(2);
    expect(await items({ status: 'stuck,failed' })).toEqual([]);
    expect(await items({ waiting: 'delay:start' })).toEqual(['two']);
    expect(await items({ minimumAttempts: '1' })).toEqual([]);
    expect(await items({ staleForMs: '3600000' })).toEqual([]);
    const { sagas: listed } = await operator.list({ tags: ['gift'] });
    expect(listed[0]?.tags).toEqual(['customer:42', 'gift']);
  });

  it('reads the strings of a query string', async () => {
    const { operator, sagas, clock } = await open();
    await sagas.enqueue(new OrderContext('one'));
    await clock.advance(1_000);
    const from = new Date(clock.now());
    await sagas.enqueue(new OrderContext('two'));
    const items = async (text: string) =>
      (await operator.list(Object.fromEntries(new URLSearchParams(text)))).sagas.map(
        ({ context }) => (context as OrderContext).item,
      );
    expect(await items('limit=1&status=pending&saga=order&order=oldest')).toEqual(['one']);
    expect(await items(`from=${from.toISOString()}`)).toEqual(['two']);
    expect(await items(`to=${from.toISOString()}&limit=0020`)).toEqual(['one']);
    expect(await items('from=9999-12-31')).toEqual([]);
    expect(await items('to=9999-12-31T23%3A59%3A59%2B01%3A00')).toEqual(['two', 'one']);
  });

  it.each<[string, unknown]>([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1_001 }],
    ['limit', { limit: '0' }],
    ['limit', { limit: '1001' }],
    ['limit', { limit: '' }],
    ['limit', { limit: ' 10' }],
    ['limit', { limit: '1e1' }],
    ['limit', { limit: ['1', '2'] }],
    ['status', { status: ['stuck', 'happy'] }],
    ['status', { status: 'stuck,happy' }],
    ['status', { status: [] }],
    ['status', { status: ['stuck', 'failed', 'stuck', 'failed', 'stuck', 'failed', 'stuck'] }],
    ['keyPrefix', { keyPrefix: '' }],
    ['tags', { tags: [''] }],
    ['tags', { tags: 42 }],
    ['waiting', { waiting: 'Godot' }],
    ['waiting', { waiting: '' }],
    ['owner', { owner: '' }],
    ['minimumAttempts', { minimumAttempts: '0' }],
    ['minimumRecoveries', { minimumRecoveries: 1.5 }],
    ['staleForMs', { staleForMs: '1h' }],
    ['staleForMs', { staleForMs: 0 }],
    ['from', { from: '' }],
    ['from', { from: '2026' }],
    ['from', { from: '2026-02-29' }],
    ['from', { from: '2026-01-01T00:00:00' }],
    ['from', { from: '2026-01-01T25:00:00Z' }],
    ['from', { from: '0000-01-01' }],
    ['from', { from: 'January 1' }],
    ['to', { to: '1767225600000' }],
    ['status', { status: 'happy' }],
    ['order', { order: 'saga_name; drop table saga_log' }],
    ['from', { from: new Date(Number.NaN) }],
    ['from', { from: new Date(-8.64e15) }],
    ['to', { to: new Date(8.64e15) }],
    ['saga', { saga: '' }],
    ['key', { key: '\u0000' }],
    ['cursor', { cursor: 'page 2' }],
    ['cursor', { cursor: '2026-01-01T00:00:00.000Z~018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c42~more' }],
    ['cursor', { cursor: '-271821-04-20T00:00:00.000Z~018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c42' }],
    ['query.sort', { sort: 'context' }],
    ['query', null],
  ])('refuses "%s" where it is not allowed (%j)', async (argument, query) => {
    const { operator } = await open();
    await expect(operator.list(query as SagaList)).rejects.toMatchObject({
      code: 'SAGA_INVALID_ARGUMENT',
      argument,
    });
  });
});

describe('SagaOperator.retry and SagaOperator.resolveStep', () => {
  afterEach(closeApps);

  it('resumes the undo of a stuck saga, with the operator in the journal', async () => {
    const { operator, sagas, calls, stuck } = await openStuck();
    calls.answers.delete('charge:compensate');
    await operator.retry(stuck, { actor: 'desk-1', note: 'the bank is open again' });
    expect(await (await sagas.recover(stuck)).outcome()).toMatchObject({ status: 'failed' });
    expect(await sagas.history(stuck)).toContainEqual(
      expect.objectContaining({ kind: 'retry-requested', actor: 'desk-1', note: 'the bank is open again' }),
    );
    expect(calls.made.slice(-2)).toEqual(['charge:compensate', 'reserve:compensate']);
  });

  it('leaves out a step that a person has undone by hand', async () => {
    const { operator, sagas, calls, stuck } = await openStuck();
    const callsBefore = calls.made.length;
    await operator.resolveStep(stuck, 'charge', 'paid back in cash');
    expect(await (await sagas.recover(stuck)).outcome()).toMatchObject({ status: 'failed' });
    expect(calls.made.slice(callsBefore)).toEqual(['reserve:compensate']);
    expect(await sagas.history(stuck)).toContainEqual(
      expect.objectContaining({
        kind: 'step-resolved',
        step: 'charge',
        actor: 'operator',
        note: 'paid back in cash',
      }),
    );
  });

  it('takes the word that an act is not done, and refuses it of an undo', async () => {
    const { operator, sagas, stuck } = await openStuck();
    await expect(
      operator.resolveStep(stuck, 'charge', 'not refunded', { actor: 'desk-1', outcome: 'not-done' }),
    ).rejects.toMatchObject({ code: 'SAGA_STATUS_REFUSED' });
    await expect(
      operator.resolveStep(stuck, 'charge', 'note', { outcome: 'failed' as StepResolution }),
    ).rejects.toMatchObject({ argument: 'outcome' });
    await operator.resolveStep(stuck, 'charge', 'paid back in cash', { outcome: 'done' });
    expect(await sagas.history(stuck)).toContainEqual(
      expect.objectContaining({ kind: 'step-resolved', step: 'charge', outcome: 'done' }),
    );
  });

  it('gives the outcome after the retry, not the one before it, to a handle from before', async () => {
    const { operator, sagas, calls, stuck, handle } = await openStuck();
    calls.answers.delete('charge:compensate');
    await operator.retry(stuck);
    await (await sagas.recover(stuck)).outcome();
    expect(await handle.outcome()).toMatchObject({ status: 'failed', failure: { step: 'ship' } });
  });

  it('refuses both for a saga that is not stuck, and a step that it does not stand at', async () => {
    const { operator, sagas, stuck } = await openStuck();
    const { sagaId: queued } = await sagas.enqueue(new OrderContext('pen'), { delayMs: 60_000 });
    await expect(operator.retry(queued)).rejects.toMatchObject({ code: 'SAGA_STATUS_REFUSED' });
    await expect(operator.resolveStep(queued, 'charge', 'note')).rejects.toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
    });
    await expect(operator.resolveStep(stuck, 'ship', 'note')).rejects.toMatchObject({ argument: 'step' });
    await expect(operator.resolveStep(stuck, 'charge', '')).rejects.toMatchObject({ argument: 'note' });
    await expect(operator.retry('1')).rejects.toMatchObject({ argument: 'sagaId' });
  });

  it('is one request where two people ask at the same moment', async () => {
    const { operator, sagas, calls, stuck } = await openStuck();
    calls.answers.delete('charge:compensate');
    const asked = await Promise.allSettled([operator.retry(stuck), operator.retry(stuck)]);
    await (await sagas.recover(stuck)).outcome();
    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(calls.made.filter((call) => call === 'charge:compensate')).toHaveLength(2);
  });
});

async function open() {
  const clock = new FakeClock();
  const storage = new InMemorySagaStorage(clock);
  const { app, sagas } = await openApp(orderProviders, { storage, worker: false }, (builder) =>
    builder.overrideProvider(SystemClock).useValue(clock),
  );
  return { operator: app.get(SagaOperator), sagas, clock };
}

/** A saga whose shipment failed and whose charge cannot be taken back. */
async function openStuck() {
  const { app, sagas } = await openApp(orderProviders, { compensation: { maximumAttempts: 1 } });
  const calls = app.get(Calls);
  calls.answers.set('ship:act', () => Promise.reject(new Error('no carrier')));
  calls.answers.set('charge:compensate', () => Promise.reject(new Error('no refunds')));
  const handle = await sagas.start(new OrderContext('book'));
  await handle.outcome();
  return { operator: app.get(SagaOperator), sagas, calls, handle, stuck: handle.sagaId };
}

describe('SagaOperator.listApprovals', () => {
  afterEach(closeApps);

  it('takes the strings of a URL', async () => {
    const { operator } = await open();
    const none = { approvals: [], nextCursor: undefined };
    expect(await operator.listApprovals()).toEqual(none);
    expect(await operator.listApprovals({ saga: 'order', role: 'finance', limit: '20' })).toEqual(none);
  });

  it.each([
    [{ roles: 'finance' }, 'query.roles'],
    [{ limit: '0' }, 'limit'],
    [{ limit: 'many' }, 'limit'],
    [{ role: '' }, 'role'],
    [{ saga: 7 }, 'saga'],
    [{ cursor: 'next' }, 'cursor'],
  ])('refuses %j', async (query, argument) => {
    const { operator } = await open();
    await expect(operator.listApprovals(query as never)).rejects.toMatchObject({
      code: 'SAGA_INVALID_ARGUMENT',
      argument,
    });
  });
});
