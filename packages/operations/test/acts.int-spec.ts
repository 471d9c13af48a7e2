import { afterEach, describe, expect, it } from '@jest/globals';
import { closePages, openPage } from './support/open-page.js';
import type { OpenPage } from './support/open-page.js';
import { delivered, OrderContext, RefundContext } from './support/order-saga.js';
import { PageClient } from './support/page-client.js';

afterEach(closePages);

const refused = (): never => {
  throw new Error('the bank says no');
};

/** An order that is stuck: its charge failed, and so did the undo of its reservation. */
async function stuckOrder({ sagas, answers }: OpenPage): Promise<string> {
  answers.by.set('charge:act', refused);
  answers.by.set('reserve:compensate', refused);
  const handle = await sagas.start(new OrderContext('book'));
  await handle.outcome();
  return handle.sagaId;
}

describe.each(['express', 'fastify'] as const)('an action on %s', (platform) => {
  it('retries a stuck saga, with the name and the note of the person', async () => {
    const page = await openPage({ platform });
    const sagaId = await stuckOrder(page);
    const client = new PageClient(page.url);
    const { seq, actions } = await client.saga(sagaId);
    expect(actions.map(({ name }) => name)).toEqual(['retry', 'resolve-done']);
    expect(actions[0]?.sentence).toContain('The undo of “reserve” is called again');
    page.answers.by.clear();
    expect(await client.act(sagaId, { name: 'retry', seq, note: 'the bank is up' })).toMatchObject({
      status: 200,
    });
    await (await page.sagas.recover(sagaId)).outcome();
    const after = await client.saga(sagaId);
    expect(after.row.status).toBe('failed');
    expect(after.entries).toContainEqual(
      expect.objectContaining({
        kind: 'retry-requested',
        by: 'ada',
        text: 'A retry was requested: the bank is up',
      }),
    );
  });

  it.each<[string, Record<string, string>]>([
    ['from another origin', { 'sec-fetch-site': 'cross-site' }],
    ['from another origin of the same site', { 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }],
    ['without the own header', { 'x-saga-operations': '' }],
    ['as a form', { 'content-type': 'text/plain' }],
  ])('is refused %s', async (_title, headers) => {
    const page = await openPage({ platform });
    const sagaId = await stuckOrder(page);
    const client = new PageClient(page.url);
    const { seq } = await client.saga(sagaId);
    const answer = await client.post(`api/sagas/${sagaId}/actions`, { name: 'retry', seq }, headers);
    expect([403, 415]).toContain(answer.status);
    expect((await client.saga(sagaId)).seq).toBe(seq);
  });

  it('is refused by the server if the page is read-only, and then none is offered', async () => {
    const page = await openPage({ platform, operations: { readOnly: true } });
    const sagaId = await stuckOrder(page);
    const client = new PageClient(page.url);
    const { seq, actions } = await client.saga(sagaId);
    expect(actions).toEqual([]);
    expect(await client.act(sagaId, { name: 'retry', seq })).toMatchObject({ status: 403 });
    expect((await client.saga(sagaId)).seq).toBe(seq);
  });
});

describe('an action', () => {
  it('is refused if another person has acted since, and says who; the same one twice is written once', async () => {
    const page = await openPage();
    const sagaId = await stuckOrder(page);
    const [ada, grace] = [new PageClient(page.url, 'ada'), new PageClient(page.url, 'grace')];
    const { seq } = await ada.saga(sagaId);
    const resolve = { name: 'resolve-done', target: 'reserve', seq, note: 'released by phone' } as const;
    expect(await ada.act(sagaId, resolve)).toMatchObject({ status: 200 });
    const second = await grace.act(sagaId, { name: 'retry', seq });
    expect(second).toMatchObject({ status: 409 });
    expect(String(second.body['message'])).toContain('"ada" has acted since');
    expect(await ada.act(sagaId, resolve)).toMatchObject({ status: 200 });
    const { entries } = await ada.saga(sagaId);
    expect(entries.filter(({ kind }) => kind === 'step-resolved')).toHaveLength(1);
  });

  it('needs a note if the journal should know a reason', async () => {
    const page = await openPage();
    const sagaId = await stuckOrder(page);
    const client = new PageClient(page.url);
    const { seq } = await client.saga(sagaId);
    expect(await client.act(sagaId, { name: 'resolve-done', target: 'reserve', seq })).toMatchObject({
      status: 400,
    });
  });

  it('decides an approval by the roles of the person, and to a person who must not it says why', async () => {
    const page = await openPage();
    const { sagaId } = await page.sagas.start(new RefundContext(12_300, 'ada'));
    const [ada, grace] = [new PageClient(page.url, 'ada'), new PageClient(page.url, 'grace')];
    const { approvals } = await grace.overview();
    expect(approvals).toMatchObject([{ sagaId, step: 'big-refund', title: 'Refund 123 euros' }]);
    const own = await ada.saga(sagaId);
    expect(own.actions[0]).toMatchObject({
      name: 'approve',
      refusal: expect.stringContaining('does not decide'),
    });
    expect(await ada.act(sagaId, { name: 'approve', target: 'big-refund', seq: own.seq })).toMatchObject({
      status: 403,
    });
    const { seq, actions } = await grace.saga(sagaId);
    expect(actions[0]?.sentence).toBe(
      '“big-refund” is approved, by you. Then the saga continues with “parcel”.',
    );
    expect(await grace.act(sagaId, { name: 'approve', target: 'big-refund', seq })).toMatchObject({
      status: 200,
    });
  });

  it('sends a signal, once for each press of the button', async () => {
    const page = await openPage();
    const { sagaId } = await page.sagas.start(new RefundContext(100, 'bob'));
    const client = new PageClient(page.url);
    const { seq, actions } = await client.saga(sagaId);
    expect(actions.find(({ name }) => name === 'signal')).toMatchObject({
      target: delivered.name,
      sentence: 'The saga does not wait for “parcel.delivered” now. It keeps the signal until it does.',
    });
    const signal = { name: 'signal', target: delivered.name, seq, requestId: 'one press' } as const;
    for (let times = 0; times < 2; times++)
      expect(await client.act(sagaId, signal)).toMatchObject({ status: 200 });
    const { entries } = await client.saga(sagaId);
    expect(entries.filter(({ kind }) => kind === 'signal-received')).toHaveLength(1);
  });

  it('says what a cancel undoes now, and cancels', async () => {
    const page = await openPage();
    const { sagaId } = await page.sagas.start(new RefundContext(100, 'bob'));
    const client = new PageClient(page.url);
    const { seq, actions } = await client.saga(sagaId);
    expect(actions.find(({ name }) => name === 'cancel')).toMatchObject({
      isGrave: true,
      sentence:
        'The saga does not go forward any more. The saga ends FAILED, and nothing has to be undone, with the reason “cancelled”.',
    });
    expect(await client.act(sagaId, { name: 'cancel', seq, note: 'wrong customer' })).toMatchObject({
      status: 200,
    });
    const handle = await page.sagas.recover(sagaId);
    expect(await handle.outcome()).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
  });
});

describe('a reversal', () => {
  it('is a saga of its own, to which the answer leads; two people get the same one', async () => {
    const page = await openPage();
    const handle = await page.sagas.start(new OrderContext('book'));
    await handle.outcome();
    const [ada, grace] = [new PageClient(page.url, 'ada'), new PageClient(page.url, 'grace')];
    const { seq, actions } = await ada.saga(handle.sagaId);
    expect(actions).toMatchObject([{ name: 'reverse', isGrave: true }]);
    expect(actions[0]?.sentence).toContain('undoes “ship”, “charge” and “reserve”, in this order');
    const first = await ada.act(handle.sagaId, { name: 'reverse', seq, note: 'returned' });
    const second = await grace.act(handle.sagaId, { name: 'reverse', seq, note: 'returned, too' });
    expect(second).toEqual(first);
    const reversal = String(first.body['sagaId']);
    expect(await (await page.sagas.recover(reversal)).outcome()).toMatchObject({ status: 'failed' });
    expect((await ada.saga(reversal)).row.status).toBe('failed');
  });
});

describe('many sagas', () => {
  it('are counted and shown first, then retried 100 at a time, and those that refuse are named', async () => {
    const page = await openPage();
    const ids = [await stuckOrder(page), await stuckOrder(page), await stuckOrder(page)];
    const client = new PageClient(page.url);
    const preview = await client.post('api/bulk/preview', { name: 'retry', query: { status: 'stuck' } });
    const sagas = preview.body['sagas'] as readonly { readonly sagaId: string; readonly seq: number }[];
    expect(sagas.map(({ sagaId }) => sagaId).toSorted()).toEqual(ids.toSorted());
    expect(preview.body).toMatchObject({ hasMore: false, sample: expect.any(Array) });
    page.answers.by.clear();
    const [first] = sagas;
    await client.act(first?.sagaId ?? '', { name: 'retry', seq: first?.seq ?? 0, note: 'alone' });
    const done = await client.post('api/bulk', { name: 'retry', note: 'all', sagas });
    expect(done.body['failures']).toEqual([
      { sagaId: first?.sagaId, message: expect.stringMatching(/has acted since|Only a stuck saga/) },
    ]);
    const tooMany = Array.from({ length: 101 }, () => first);
    expect(await client.post('api/bulk', { name: 'retry', sagas: tooMany })).toMatchObject({ status: 400 });
  });
});

describe('a value', () => {
  it('is shown to a person who asks, redacted, and the audit has it first', async () => {
    const redact = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(/\d{4} \d{4} \d{4}/g, '****'));
    const page = await openPage({ operations: { redact } });
    const handle = await page.sagas.start(new OrderContext('book'));
    await handle.outcome();
    const client = new PageClient(page.url);
    const { body } = await client.post(`api/sagas/${handle.sagaId}/reveal`, { value: 'context' });
    expect(JSON.parse(String(body['text']))).toEqual({ item: 'book', card: '**** 1111' });
    const { audit } = await client.saga(handle.sagaId);
    expect(audit).toMatchObject([{ actor: 'ada', action: 'reveal context' }]);
  });

  it('is shown without an entry in the journal, and not at all without a name for the audit', async () => {
    const page = await openPage({ operations: { actor: () => undefined } });
    const handle = await page.sagas.start(new OrderContext('book'));
    await handle.outcome();
    const client = new PageClient(page.url);
    const { canReveal, seq } = await client.saga(handle.sagaId);
    expect(canReveal).toBe(false);
    const answer = await client.post(`api/sagas/${handle.sagaId}/reveal`, { value: 'context' });
    expect(answer.status).toBe(403);
    expect((await client.saga(handle.sagaId)).seq).toBe(seq);
  });
});

describe('the workers', () => {
  it('are listed, with the open sagas of no build here', async () => {
    const page = await openPage();
    const view = await new PageClient(page.url).get<object>('api/workers');
    expect(view).toMatchObject({ workers: [{ isAlive: true, owned: 0 }], unregistered: [] });
  });
});
