import { randomBytes, randomUUID } from 'node:crypto';
import { SagaStorageError } from '@nest-saga/core';
import type { SagaIdentity } from '@nest-saga/core';
import { tablesOf } from '../src/postgres/tables.js';
import { claimStatement } from '../src/postgres/statements/claim.js';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { actCompleted, append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('a journal with an entry that this version does not know', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  let names = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage();
  });
  afterAll(() => database.close());

  const newIdentity = (): SagaIdentity => ({ saga: `saga-${++names}`, version: 1 });
  const newWorker = async (): Promise<string> => {
    const worker = randomUUID();
    await storage.registerWorker(worker, 600_000);
    return worker;
  };
  /** A queued saga, in whose journal a newer release has written. */
  const startUnreadable = async ({ saga }: SagaIdentity): Promise<string> => {
    const { sagaId } = await startReadable({ saga, version: 1 });
    await database.query("INSERT INTO saga.saga_log (saga_id, seq, kind) VALUES ($1, 1, 'signalled')", [
      sagaId,
    ]);
    return sagaId;
  };
  const startReadable = async ({ saga }: SagaIdentity) => {
    const started = newSaga({ saga });
    await storage.start(started);
    return started;
  };
  const journalOf = (sagaId: string) =>
    database.query('SELECT seq, kind, detail FROM saga.saga_log WHERE saga_id = $1 ORDER BY seq', [sagaId]);

  it('keeps none of the sagas back that are claimed with it', async () => {
    const identity = newIdentity();
    const before = await startReadable(identity);
    const unreadable = await startUnreadable(identity);
    const behind = await startReadable(identity);

    const claimed = await storage.claim({ worker: await newWorker(), sagas: [identity], limit: 10 });

    const sagaIds = claimed.map(({ header }) => header.sagaId);
    expect(sagaIds.toSorted()).toEqual([before.sagaId, behind.sagaId].toSorted());
    expect(claimed.map(({ entries }) => entries.map(({ kind }) => kind))).toEqual([['claimed'], ['claimed']]);
    expect(await storage.find(unreadable)).toMatchObject({ status: 'running', owner: undefined });
  });

  it('releases its saga for a while, counting no recovery, so that a release that knows the entry can run it', async () => {
    const identity = newIdentity();
    const sagaId = await startUnreadable(identity);
    await startReadable(identity);
    const worker = await newWorker();

    await storage.claim({ worker, sagas: [identity], limit: 10 });

    expect(await journalOf(sagaId)).toEqual([
      { seq: 1, kind: 'signalled', detail: null },
      { seq: 2, kind: 'claimed', detail: { from: 'pending' } },
      { seq: 3, kind: 'released', detail: { begun: [], reason: 'quarantine' } },
    ]);
    const nextRunAt = (await storage.find(sagaId))?.nextRunAt?.getTime() ?? 0;
    expect(nextRunAt).toBeGreaterThan(Date.now() + 240_000);
    expect(await storage.claim({ worker, sagas: [identity], limit: 10 })).toEqual([]);
  });

  it('is reported for its saga, with the cause', async () => {
    const identity = newIdentity();
    const sagaId = await startUnreadable(identity);
    const worker = await newWorker();
    const told: [string, SagaStorageError][] = [];

    const claimed = await storage.claim({
      worker,
      sagas: [identity],
      limit: 1,
      sagaId,
      onUnreadable: (...unreadable) => told.push(unreadable),
    });

    expect(claimed).toEqual([]);
    expect(told).toEqual([[sagaId, expect.any(SagaStorageError)]]);
    expect(told[0]?.[1]).toMatchObject({
      operation: 'claim',
      outcome: 'refused',
      cause: { message: expect.stringContaining('"signalled"') },
    });
    expect(await storage.listOwned(worker)).toEqual([]);
  });

  it('does not starve what is behind its saga in the queue, however many there are', async () => {
    const identity = newIdentity();
    for (let index = 0; index < 25; index++) await startUnreadable(identity);
    const behind = await startReadable(identity);

    const claimed = await storage.claim({ worker: await newWorker(), sagas: [identity], limit: 10 });

    expect(claimed.map(({ header }) => header.sagaId)).toEqual([behind.sagaId]);
  });

  it('is an error of the storage for each caller that loads it, with its cause', async () => {
    const sagaId = await startUnreadable(newIdentity());

    const failure: unknown = await storage.load(sagaId).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(SagaStorageError);
    expect(failure).toMatchObject({ operation: 'load', outcome: 'refused' });
    expect((failure as SagaStorageError).cause).toMatchObject({
      message: expect.stringContaining('"signalled"'),
    });
  });

  it('is read up to that entry by those who follow it, and keeps no news of others from them', async () => {
    const identity = newIdentity();
    const [unreadable, other] = [await startReadable(identity), await startReadable(identity)];
    await storage.append(append(unreadable.sagaId, 1));
    await database.query("INSERT INTO saga.saga_log (saga_id, seq, kind) VALUES ($1, 2, 'signalled')", [
      unreadable.sagaId,
    ]);
    await storage.append(append(other.sagaId, 1));

    const news = await storage.readNews([unreadable, other].map(({ sagaId }) => ({ sagaId, afterSeq: 0 })));

    expect(new Map(news.map(({ sagaId, entries }) => [sagaId, entries.map(({ seq }) => seq)]))).toEqual(
      new Map([
        [unreadable.sagaId, [1]],
        [other.sagaId, [1]],
      ]),
    );
  });

  it('is claimed with what it takes to read it, whatever that is, so that large ones are read apart', async () => {
    const identity = newIdentity();
    const large = await startReadable(identity);
    const context = JSON.stringify(randomBytes(600_000).toString('base64'));
    for (const seq of [1, 2])
      await storage.append(
        append(large.sagaId, seq, { entry: actCompleted('s', { context, response: context }) }),
      );
    const small = await startReadable(identity);
    const { text } = claimStatement(tablesOf('saga'));
    const worker = await newWorker();

    const rows = await database.query(text, [worker, [identity.saga], [1], 10]);

    const bytes = new Map(rows.map(({ id, journal_bytes: size }) => [id, Number(size)]));
    expect(bytes.get(large.sagaId)).toBeGreaterThan(2_400_000);
    // The last context alone is read.
    expect(bytes.get(large.sagaId)).toBeLessThan(2_600_000);
    expect(bytes.get(small.sagaId)).toBe(0);
  });
});
