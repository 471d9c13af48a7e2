import pg from 'pg';
import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import { PostgresEffectLedger } from '../src/ledger/postgres-effect-ledger.js';
import { describeEffectLedger } from './effect-ledger.contract.js';

describe('the ledger in PostgreSQL', () => {
  const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
  const database = `demo_ledger_${process.pid}`;
  let pool: pg.Pool;

  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: await createDatabase(serverUrl, database) });
  });

  afterAll(async () => {
    await pool.end();
    await dropDatabase(serverUrl, database);
  });

  describeEffectLedger('as every ledger', open);

  it('comes up in eight processes that start at once on an empty database', async () => {
    await pool.query('DROP SCHEMA IF EXISTS demo CASCADE');

    const ledgers = await Promise.all(Array.from({ length: 8 }, open));

    expect(await ledgers[0]?.list()).toEqual([]);
  });

  it('still has its effects after the process that noted them is gone', async () => {
    const effect = {
      idempotencyKey: 'kept',
      orderId: 'kept',
      service: 'payment',
      description: 'charged',
    } as const;
    await (await open()).record(effect);

    expect(await (await open()).list({ orderId: 'kept' })).toMatchObject([effect]);
  });

  async function open(): Promise<PostgresEffectLedger> {
    const ledger = new PostgresEffectLedger(
      async (statement, values) => (await pool.query<object>(statement, [...values])).rows,
    );
    await ledger.onModuleInit();
    return ledger;
  }
});
