import { randomUUID } from 'node:crypto';
import type { AppendRequest, SagaListQuery } from '@nest-saga/core';
import type { WaitingListQuery } from '@nest-saga/core/storage-kit';
import type { Statement } from '../src/postgres/statement.js';
import { tablesOf } from '../src/postgres/tables.js';
import { SagaRepositories } from '../src/repositories/saga-repositories.js';
import { appendEntries } from '../src/postgres/statements/append-entries.js';
import { changeHeaders } from '../src/postgres/statements/change-headers.js';
import { GroupedWriteStatement } from '../src/postgres/statements/grouped-write.js';
import type { BoundStatement } from '../src/postgres/statements/grouped-write.js';
import { claimOneStatement, claimStatement } from '../src/postgres/statements/claim.js';
import {
  loadStatement,
  readClaimedStatement,
  readNewsStatement,
  readOutlinesStatement,
} from '../src/postgres/statements/read-journals.js';
import { insertPointers } from '../src/postgres/statements/insert-pointers.js';
import {
  discardMessageStatement,
  postponeMessagesStatement,
  removeMessagesStatement,
  takeMessagesStatement,
} from '../src/postgres/statements/outbox.js';
import { purgeStatement } from '../src/postgres/statements/purge.js';
import { releaseExpiredStatement } from '../src/postgres/statements/release-expired.js';
import { releaseStatement } from '../src/postgres/statements/release.js';
import { removeInboxStatement, takeInboxStatement, tellMessages } from '../src/postgres/statements/inbox.js';
import { lockRequested } from '../src/postgres/statements/lock-headers.js';
import { startSagas, startWithEntries } from '../src/postgres/statements/start-sagas.js';
import { askedBy } from './asked-statements.js';
import { append, newSaga, toCompleted } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

const tables = tablesOf('saga');
const groupedWrite = new GroupedWriteStatement(tables, {
  starts: (sagas) => startSagas(tables, sagas),
  locks: (requests) => lockRequested(tables, requests),
  entries: (appends, condition) => appendEntries(tables, appends, condition),
  changes: (appends) => changeHeaders(tables, appends),
  pointers: (appends) => insertPointers(tables, appends),
  messages: (appends) => tellMessages(tables, appends),
  begun: (appends) => startWithEntries(tables, appends),
});
const sagaId = randomUUID();
const start = newSaga({ key: 'K' });
const starts = [start, newSaga()];
const untilMoment = {
  status: 'running',
  owner: undefined,
  failure: undefined,
  stuck: undefined,
  park: { for: 'delay', name: 'cool', dueInMs: undefined, nextRunAt: new Date('2126-01-01T00:00:00.000Z') },
} as const;
const later = newSaga({ park: { for: 'delay', name: 'start', dueInMs: 1_000 } });
const tagged = newSaga({ tags: ['customer:42'] });
const timed = newSaga({ owner: 'worker-1', deadlineInMs: 1_000 });
const plain: AppendRequest[] = [append(sagaId, 2), append(randomUUID(), 2)];
const changing: AppendRequest[] = [append(sagaId, 2, { change: toCompleted }), append(randomUUID(), 2)];
const requested = append(randomUUID(), 2, { worker: undefined, change: toCompleted });
const pointers = [{ sink: 'broker' }];
const message = { id: randomUUID(), sagaId, entry: { kind: 'cancel-requested', reason: 'r' } } as const;
const cursors = [{ sagaId, afterSeq: 3 }];
const statementOf = ({ statement }: BoundStatement): Statement => statement;
const appendingOne = (request: AppendRequest): Statement =>
  statementOf(groupedWrite.bind({ starts: [], appends: [request] }));

const pkeys = ['saga_execution_pkey', 'saga_log_pkey'];

/** Everything that is prepared, with the indexes that it has to use. */
const prepared: readonly (readonly [string, Statement, readonly string[]])[] = [
  ['a start', statementOf(groupedWrite.bind({ starts: [start], appends: [] })), []],
  ['a start of one that waits', statementOf(groupedWrite.bind({ starts: [later], appends: [] })), []],
  ['a start with a deadline', statementOf(groupedWrite.bind({ starts: [timed], appends: [] })), []],
  ['a start with tags', statementOf(groupedWrite.bind({ starts: [tagged], appends: [] })), []],
  [
    'a group of starts, one with tags',
    statementOf(groupedWrite.bind({ starts: [...starts, tagged], appends: [] })),
    [],
  ],
  ['a first append', appendingOne(append(sagaId, 1)), pkeys],
  ['an append', appendingOne(append(sagaId, 2)), ['saga_log_pkey']],
  ['a first append with a change', appendingOne(append(sagaId, 1, { change: toCompleted })), pkeys],
  ['an append with a change', appendingOne(append(sagaId, 2, { change: toCompleted })), pkeys],
  ['an append that parks until a moment', appendingOne(append(sagaId, 2, { change: untilMoment })), pkeys],
  [
    'a group of appends, one of which parks until a moment',
    statementOf(
      groupedWrite.bind({
        starts: [],
        appends: [...changing, append(randomUUID(), 2, { change: untilMoment })],
      }),
    ),
    pkeys,
  ],
  ['a group of starts', statementOf(groupedWrite.bind({ starts, appends: [] })), []],
  [
    'a group of starts, one of which waits and one has a deadline',
    statementOf(groupedWrite.bind({ starts: [...starts, later, timed], appends: [] })),
    [],
  ],
  ['a group of appends', statementOf(groupedWrite.bind({ starts: [], appends: plain })), pkeys],
  [
    'a group of appends with changes',
    statementOf(groupedWrite.bind({ starts: [], appends: changing })),
    pkeys,
  ],
  ['a request that changes the header', appendingOne(requested), pkeys],
  [
    'a group with a request that changes the header',
    statementOf(groupedWrite.bind({ starts: [], appends: [...changing, requested] })),
    pkeys,
  ],
  ['a group of starts and appends', statementOf(groupedWrite.bind({ starts, appends: changing })), pkeys],
  [
    'a group of appends with messages',
    statementOf(groupedWrite.bind({ starts: [], appends: [append(sagaId, 2, { pointers }), ...plain] })),
    pkeys,
  ],
  [
    'messages that a relay takes',
    takeMessagesStatement(tables),
    ['saga_outbox_due', 'saga_outbox_pkey', ...pkeys],
  ],
  ['messages that were delivered', removeMessagesStatement(tables), ['saga_outbox_pkey']],
  ['messages that were not delivered', postponeMessagesStatement(tables), ['saga_outbox_pkey']],
  ['a message that a person discards', discardMessageStatement(tables), ['saga_outbox_pkey']],
  ['an append with a message to a saga', appendingOne(append(sagaId, 2, { tell: message })), pkeys],
  ['messages to sagas', takeInboxStatement(tables), ['saga_inbox_order']],
  ['messages to sagas that were delivered', removeInboxStatement(tables), ['saga_inbox_pkey']],
  ['load', loadStatement(tables), pkeys],
  ['readNews', statementOf(readNewsStatement(tables, cursors)), pkeys],
  ['readOutlines', statementOf(readOutlinesStatement(tables, [sagaId])), pkeys],
  ['a claim', claimStatement(tables), ['saga_execution_due', 'saga_execution_pkey', 'saga_log_pkey']],
  ['a claim of one saga', claimOneStatement(tables), pkeys],
  ['the journals of a claim', readClaimedStatement(tables), ['saga_log_pkey']],
  ['releaseExpired', releaseExpiredStatement(tables), ['saga_execution_owner', 'saga_execution_pkey']],
  [
    'a release',
    statementOf(
      releaseStatement(tables, [{ sagaId, seq: 2, worker: 'w', reason: 'shutdown', begun: [], delayMs: 0 }]),
    ),
    pkeys,
  ],
];

/** The reads through TypeORM, with the indexes that they have to use. */
const reads: readonly (readonly [string, (of: SagaRepositories) => Promise<unknown>, readonly string[]])[] = [
  ['findById', ({ executions }) => executions.findById(sagaId), ['saga_execution_pkey']],
  ['findByKey', ({ executions }) => executions.findByKey('order', 'K'), ['saga_execution_key']],
  ['listOwned', ({ executions }) => executions.listOwned('w'), ['saga_execution_owner']],
  ['countDue', ({ executions }) => executions.countDue(), ['saga_execution_due']],
  ['summarize', ({ executions }) => executions.summarize(), ['saga_execution_stuck']],
];

/** If either index may be the better one, their common part. */
const lists: readonly (readonly [string, SagaListQuery, string])[] = [
  ['the newest', { limit: 50 }, 'saga_execution_created'],
  ['the oldest', { limit: 50, order: 'oldest' }, 'saga_execution_created'],
  ['a later page', { limit: 50, cursor: `2026-01-01T00:00:00.000Z~${sagaId}` }, 'saga_execution_created'],
  ['those that are stuck', { limit: 50, status: 'stuck' }, 'saga_execution_stuck'],
  ['those that are running', { limit: 50, status: 'running' }, 'saga_execution_'],
  ['the one with a key', { limit: 50, saga: 'order', key: 'K' }, 'saga_execution_key'],
  ['those with a key, of whatever saga', { limit: 50, key: 'K' }, 'saga_execution_key'],
  [
    'those whose key begins like this',
    { limit: 50, saga: 'order', keyPrefix: 'K-77777' },
    'saga_execution_key',
  ],
  [
    'those whose key begins like this, of whatever saga',
    { limit: 50, keyPrefix: 'K-77777' },
    'saga_execution_key',
  ],
  ['those with a rare tag', { limit: 50, tags: ['customer:42'] }, 'saga_execution_tags'],
  ['those with a tag that no saga has', { limit: 50, tags: ['customer'] }, 'saga_execution_tags'],
  ['those with two tags', { limit: 50, tags: ['customer:42', 'gift'] }, 'saga_execution_tags'],
  ['those with a tag that many have', { limit: 50, tags: ['gift'] }, 'saga_execution_'],
  [
    'those with a tag that are stuck or run',
    { limit: 50, tags: ['customer:42'], status: ['stuck', 'running'] },
    'saga_execution_',
  ],
  ['those of a worker', { limit: 50, owner: 'worker-3' }, 'saga_execution_owner'],
  ['those that wait for a signal', { limit: 50, waiting: 'signal:delivery' }, 'saga_execution_'],
  ['those with many attempts', { limit: 50, minimumAttempts: 3 }, 'saga_log_pkey'],
  ['those with many recoveries', { limit: 50, minimumRecoveries: 3 }, 'saga_log_pkey'],
  ['those without news', { limit: 50, staleForMs: 60_000 }, 'saga_log_pkey'],
];

const among = [{ saga: 'order', version: 1, name: 'ask-1' }];
const waitingLists: readonly (readonly [string, WaitingListQuery])[] = [
  ['approvals', { for: 'approval', limit: 50 }],
  ['approvals of a saga', { for: 'approval', limit: 50, saga: 'order' }],
  ['approvals that a role may decide', { for: 'approval', limit: 50, among }],
  [
    'a later page of approvals',
    { for: 'approval', limit: 50, cursor: `ask-2~2026-01-01T00:00:00.000Z~${sagaId}` },
  ],
];

describe('with 1,000,000 finished sagas in the tables', () => {
  let database: TestDatabase;
  let repositories: SagaRepositories;

  beforeAll(async () => {
    database = await createTestDatabase();
    const dataSource = await database.createDataSource();
    await database.openStorage({ dataSource, hints: false });
    repositories = SagaRepositories.of(dataSource, 'saga');
    await database.query(`
      CREATE TEMPORARY TABLE finished AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 1000000) AS n;
      INSERT INTO saga.saga_execution
        (id, saga_name, saga_version, saga_key, status, owner, next_run_at, context, metadata, created_at, updated_at, tags)
      SELECT id, 'order', 1, 'K-' || n, 'completed', NULL, NULL, '{}', '{}', now() - n * interval '1 second', now(),
        CASE WHEN n % 10 = 0 THEN ARRAY['customer:' || n % 10007, 'shop:' || n % 500, 'gift'] END
      FROM finished;
      INSERT INTO saga.saga_log (saga_id, seq, kind) SELECT id, 1, 'settled' FROM finished;
      INSERT INTO saga.saga_execution
        (id, saga_name, saga_version, status, owner, next_run_at, context, metadata, created_at, updated_at)
      SELECT gen_random_uuid(), 'order', 1, CASE n % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'running' ELSE 'stuck' END,
        CASE n % 3 WHEN 1 THEN 'worker-' || n % 7 END, CASE n % 3 WHEN 0 THEN now() END, '{}', '{}', now(), now()
      FROM generate_series(1, 3000) AS n;
      INSERT INTO saga.saga_execution
        (id, saga_name, saga_version, status, waiting, context, metadata, created_at, updated_at)
      SELECT gen_random_uuid(), 'order', 1, 'running', 'approval:ask-' || n % 3, '{}', '{}', now() - n * interval '1 second', now()
      FROM generate_series(1, 2000) AS n;
      INSERT INTO saga.saga_outbox (saga_id, seq, sink, next_try_at, parked, recorded_at)
      SELECT id, 1, 'broker', now() + n * interval '1 second', n % 100 = 0, now() FROM finished WHERE n <= 100000;
      ANALYZE saga.saga_execution, saga.saga_log, saga.saga_worker, saga.saga_outbox`);
    await database.query('SET plan_cache_mode = force_generic_plan');
  }, 300_000);
  afterAll(() => database.close());

  const expectIndexes = async (title: string, text: string, indexes: readonly string[]): Promise<void> => {
    const name = `plan_${title.replaceAll(/\W/g, '_')}`;
    await database.query(`PREPARE ${name} AS ${text}`);
    const parameters = new Set([...text.matchAll(/\$\d+/g)].map(([parameter]) => parameter)).size;
    const values = Array.from({ length: parameters }, () => 'NULL').join(', ');

    const plan = await explain(`EXECUTE ${name}${parameters === 0 ? '' : `(${values})`}`);

    expect(plan).not.toMatch(readsWholeTable);
    for (const index of indexes) expect(plan).toContain(index);
  };

  it.each(prepared)('%s finds its rows by its indexes', (title, { text }, indexes) =>
    expectIndexes(title, text, indexes),
  );

  it.each(reads)('%s, which TypeORM asks, finds its rows by its indexes', async (title, read, indexes) => {
    const asked = await askedBy(() => read(repositories));

    expect(asked).toHaveLength(1);
    for (const { text } of asked) await expectIndexes(title, text, indexes);
  });

  it('a group of changes asks a hash whether its entries were written, and compares no row with each other', async () => {
    const { statement, values } = groupedWrite.bind({ starts: [], appends: changing });

    const plan = await explain(statement.text, values);

    expect(plan).toContain('hashed SubPlan');
    expect(plan).not.toContain('Join Filter');
  });

  it.each(lists)('a list of %s finds its rows by an index', async (_title, query, index) => {
    // A list by tags first asks which tags are common.
    const asked = (await askedBy(() => repositories.executions.list(query))).at(-1);

    const plan = await explain(asked?.text ?? '', asked?.values);

    expect(plan).not.toMatch(readsWholeTable);
    expect(plan).toContain(index);
  });

  it.each(waitingLists)(
    'a list of %s finds its rows by an index that has no others',
    async (_title, query) => {
      const [asked] = await askedBy(() => repositories.executions.listWaiting(query));

      const plan = await explain(asked?.text ?? '', asked?.values);

      expect(plan).not.toMatch(readsWholeTable);
      expect(plan).toContain('saga_execution_waiting');
      expect(plan).not.toContain('Sort');
    },
  );

  it.each([
    ['the oldest', {}],
    ['those after a position', { after: { sagaId, createdAt: new Date('2026-01-01T00:00:00.000Z') } }],
    ['some of them', { among: [sagaId, randomUUID()] }],
    ['none of them', { dryRun: true }],
  ] as const)('a purge of %s reads no whole table', async (_title, given) => {
    const request = {
      statuses: ['completed'],
      endedBefore: new Date('2020-01-01'),
      limit: 500,
      ...given,
    } as const;
    const { statement, values } = purgeStatement(tables, request);

    const plan = await explain(statement.text, values);

    expect(plan).not.toMatch(readsWholeTable);
    expect(plan).toMatch(/saga_execution_(created|pkey)/);
    if (!('dryRun' in given)) expect(plan).toContain('saga_log_pkey');
  });

  it('counts what is open and stuck without reading what has finished', async () => {
    const summarize = () => repositories.executions.summarize();
    expect(await summarize()).toMatchObject({ pending: 1_000, running: 3_000, stuck: 1_000 });
    const [asked] = await askedBy(summarize);
    const plan = await explain(asked?.text ?? '', [], 'ANALYZE, BUFFERS, ');
    const [, pages] = /Buffers: shared hit=(\d+)/.exec(plan) ?? [];
    expect(Number(pages)).toBeLessThan(5_000);
  });

  const explain = async (text: string, values: readonly unknown[] = [], options = ''): Promise<string> => {
    const rows = await database.query(`EXPLAIN (${options}COSTS OFF) ${text}`, values);
    return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
  };
});

const readsWholeTable = /Seq Scan on saga_(execution|log)/;
