import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import { startSample } from './started-sample.js';
import type { StartedSample } from './started-sample.js';

const samples = resolve(import.meta.dirname, '..');
const names = readdirSync(samples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['test', 'dist', 'node_modules'].includes(entry.name))
  .map(({ name }) => name);
const tested = new Set<string>();

describe('each sample, started as its README says', () => {
  let sample: StartedSample | undefined;

  afterEach(async () => {
    await sample?.stop();
    sample = undefined;
  });
  const start = async (name: string, environment?: Readonly<Record<string, string>>) => {
    tested.add(name);
    return (sample = await startSample(name, environment));
  };

  it.each([
    ['order', 'in memory'],
    ['fastify', 'in memory'],
    ['order', 'in PostgreSQL'],
  ])('%s, %s: an order ends, and one that cannot be shipped leaves nothing', async (name, where) => {
    const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
    const database = `samples_${randomUUID()}`;
    const url = await createDatabase(serverUrl, database);
    const { post, get } = await start(name, where === 'in memory' ? {} : { DATABASE_URL: url });
    expect(await post('/orders', { item: 'book', cents: 1500 })).toMatchObject({ status: 'completed' });
    expect(await post('/orders', { item: 'piano', cents: 90_000 })).toMatchObject({
      status: 'failed',
      reason: 'no carrier takes a piano',
    });
    expect(await get('/effects')).toEqual(['book reserved', '1500 cents charged', 'book shipped']);
    await sample?.stop();
    await dropDatabase(serverUrl, database);
  });

  it('payment-webhook: the order waits for its payment, and cancels itself without one', async () => {
    const { post, get } = await start('payment-webhook', { PAYMENT_TIMEOUT_MS: '3000' });
    await post('/orders', { orderId: 'A-1' });
    await post('/orders', { orderId: 'A-2' });
    expect(await get('/orders/A-1')).toEqual({ status: 'running', waitsFor: ['payment.paid'] });
    await post('/webhooks/payments', { orderId: 'A-1', reference: 'p-9' });
    await until(get, '/orders/A-1', { status: 'completed', reference: 'p-9' });
    await until(get, '/orders/A-2', { status: 'failed' });
  });

  it('approval: one other person decides, once', async () => {
    const { post, get } = await start('approval');
    const { sagaId } = (await post('/refunds', { cents: 25_000, requestedBy: 'bob' })) as { sagaId: string };
    await until(get, '/approvals', [{ sagaId, title: 'Refund 250 EUR for bob' }]);
    const byBob = { decision: 'approved', actor: 'bob' };
    expect(await post(`/approvals/${sagaId}`, byBob)).toMatchObject({ code: 'SAGA_APPROVAL_FORBIDDEN' });
    await post(`/approvals/${sagaId}`, { decision: 'rejected', actor: 'ada', note: 'no receipt' });
    await until(get, `/refunds/${sagaId}`, { status: 'failed' });
    const again = { decision: 'approved', actor: 'eve' };
    expect(await post(`/approvals/${sagaId}`, again)).toMatchObject({ code: 'SAGA_STATUS_REFUSED' });
  });

  it('fallback: invoices replace the card, and the open breaker spares the gateway', async () => {
    const { post, get } = await start('fallback');
    for (let order = 0; order < 4; order++)
      expect(await post('/orders')).toEqual({ status: 'completed', paidBy: 'invoice' });
    expect(await get('/calls')).toEqual({ calls: 2 });
  });

  it('events-to-a-page: the stream has each step, and the page is there', async () => {
    const { read } = await start('events-to-a-page');
    expect(await read('/')).toContain('Place an order');
    const events = await read('/orders', { method: 'POST' });
    const types = [...events.matchAll(/^event: (.*)$/gm)].map(([, type]) => type);
    expect(types).toEqual(['started', 'step', 'step', 'completed']);
  });

  it('has a short README, and was started here', () => {
    expect([...tested].toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const lines = readFileSync(resolve(samples, name, 'README.md'), 'utf8')
        .trim()
        .split('\n');
      expect(lines.length).toBeLessThanOrEqual(15);
    }
  });
});

async function until(
  get: StartedSample['get'],
  path: string,
  expected: Readonly<Record<string, unknown>> | readonly unknown[],
): Promise<void> {
  for (const deadline = performance.now() + 60_000; ;) {
    const got = await get(path);
    try {
      expect(got).toMatchObject(expected);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await setTimeout(50);
    }
  }
}
