import { tablesOf } from '../src/postgres/tables.js';
import { claimStatement } from '../src/postgres/statements/claim.js';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

/** How many sagas wait. `PARKED_SAGAS=1000000` is the long form. */
const parked = Number(process.env['PARKED_SAGAS'] ?? 100_000);
const due = 250;
const sagas = [{ saga: 'order', version: 1 }];

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

describe(`with ${parked.toLocaleString('en')} sagas that wait for an hour, a signal or a decision`, () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  let pagesWithout: number;

  /** How many pages of the tables and indexes a sweep looks at. It claims nothing, because nothing is due. */
  const pagesOfASweep = async (): Promise<number> => {
    const [row] = await database.query(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${claimStatement(tablesOf('saga'))
        .text.replaceAll('$1', "'worker-1'")
        .replaceAll('$2', "ARRAY['order']")
        .replaceAll('$3', 'ARRAY[1]')
        .replaceAll('$4', '100')}`,
    );
    const [explained] = (row?.['QUERY PLAN'] ?? []) as readonly { readonly Plan: Plan }[];
    if (explained === undefined) throw new Error('the statement has no plan');
    return explained.Plan['Shared Hit Blocks'] + explained.Plan['Shared Read Blocks'];
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage({ hints: false });
    await storage.registerWorker('worker-1', 3_600_000);
    pagesWithout = await pagesOfASweep();
    await database.query(
      `INSERT INTO saga.saga_execution (id, saga_name, saga_version, status, next_run_at, waiting, context, metadata, created_at, updated_at)
       SELECT gen_random_uuid(), 'order', 1, 'running',
         CASE WHEN n % 4 = 3 THEN NULL ELSE now() + interval '1 hour' + n * interval '1 millisecond' END,
         (ARRAY['retry:charge', 'delay:cooling-off', 'approval:refund', 'signal:payment'])[n % 4 + 1], '{}', '{}', now(), now()
       FROM generate_series(1, $1::integer) AS n ORDER BY random()`,
      [parked],
    );
    await database.query(
      `INSERT INTO saga.saga_log (saga_id, seq, kind, step, attempt, context, started_at, finished_at, recorded_at)
       SELECT id, 1, 'act-completed', 'reserve', 1, '{}', now(), now(), now() FROM saga.saga_execution`,
    );
    await database.query('VACUUM ANALYZE saga.saga_execution, saga.saga_log');
  }, 600_000);
  afterAll(() => database.close());

  it('a sweep reads as many pages as with none, give or take the height of an index', async () => {
    expect(await pagesOfASweep()).toBeLessThanOrEqual(pagesWithout + 6);
  });

  it('all that are due are claimed, in the order in which they were due, and none before its time', async () => {
    const rows = await database.query(
      `UPDATE saga.saga_execution AS header SET next_run_at = now() - chosen.place * interval '1 second'
       FROM (SELECT id, row_number() OVER (ORDER BY random()) AS place FROM saga.saga_execution LIMIT $1) AS chosen
       WHERE header.id = chosen.id RETURNING header.id, header.next_run_at`,
      [due],
    );
    const expected = rows
      .map((row) => ({ id: String(row['id']), at: Number(row['next_run_at']) }))
      .toSorted((one, other) => one.at - other.at);

    const claimed: string[] = [];
    for (const limit of [100, 100, 100]) {
      const batch = await storage.claim({ worker: 'worker-1', sagas, limit });
      claimed.push(...batch.map(({ header }) => header.sagaId).toSorted());
    }

    const batches = [expected.slice(0, 100), expected.slice(100, 200), expected.slice(200)];
    expect(claimed).toEqual(batches.flatMap((batch) => batch.map(({ id }) => id).toSorted()));
  });
});
