import pg from 'pg';
import { goodOrder } from './support/orders-client.js';
import { useOrders } from './support/start-orders.js';

describe('a malformed order', () => {
  const orders = useOrders();

  it.each([
    ['customer', { customer: '' }],
    ['customer', { customer: 'a'.repeat(101) }],
    ['customer', { customer: 'NUL \u0000' }],
    ['customer', { customer: 'half a \ud83d pair' }],
    ['item', { item: undefined }],
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: '2' }],
    ['card', { card: null }],
    ['destination', { destination: { $gt: '' } }],
    ['colour', { colour: 'red' }],
  ])('is answered with 400 that names the field "%s", and stores no saga', async (field, change) => {
    const answers = [
      await orders.client.place(change),
      await orders.client.send('POST', '/orders/stream', { ...goodOrder, ...change }),
    ];

    for (const { status, body } of answers) {
      expect(status).toBe(400);
      expect(JSON.stringify(body.message)).toContain(field);
    }
    expect(await countSagas()).toBe(0);
  });

  it('that is not an object is answered with 400, and stores no saga', async () => {
    const { status } = await orders.client.send('POST', '/orders', [goodOrder]);

    expect(status).toBe(400);
    expect(await countSagas()).toBe(0);
  });

  it('whose Idempotency-Key is too long is answered with 400, and stores no saga', async () => {
    const { status, body } = await orders.client.place({}, { 'idempotency-key': 'k'.repeat(201) });

    expect(status).toBe(400);
    expect(body.message).toContain('key');
    expect(await countSagas()).toBe(0);
  });

  async function countSagas(): Promise<number> {
    const database = new pg.Client({ connectionString: orders.databaseUrl });
    await database.connect();
    try {
      const { rows } = await database.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM saga.saga_execution',
      );
      return rows[0]?.count ?? -1;
    } finally {
      await database.end();
    }
  }
});
