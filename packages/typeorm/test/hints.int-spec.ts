import type { StorageHint } from '@nest-saga/core';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { append, newSaga, toCompleted } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

describe('hints between processes', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  /** Opens a storage, as another process does, and waits until it hears hints. */
  const openListening: TestDatabase['openStorage'] = async (...parameters) => {
    const before = (await lastNotifications()).length;
    const storage = await database.openStorage(...parameters);
    await until('the connection for hints', async () => {
      const connections = await lastNotifications();
      return connections.length > before && connections.every(({ query }) => /pg_notify/.test(String(query)));
    });
    return storage;
  };
  const collectHints = (storage: TypeOrmSagaStorage): StorageHint[] => {
    const hints: StorageHint[] = [];
    storage.onHint?.((hint) => hints.push(hint));
    return hints;
  };
  const isAbout = (hints: readonly StorageHint[], sagaId: string): boolean =>
    hints.some((hint) => hint.kind === 'saga' && hint.sagaId === sagaId);
  const isWork = (hints: readonly StorageHint[]): boolean => hints.some(({ kind }) => kind === 'work');
  /** What the connections for hints said last. */
  const lastNotifications = () =>
    database.query(
      "SELECT pid, query, query_start::text FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'nest-saga hints' ORDER BY pid",
    );

  it('reach another process for queued, released and orphaned sagas, for requests and for progress', async () => {
    const [storage, other] = [await openListening(), await openListening()];
    const hints = collectHints(other);
    const sagas = [{ saga: 'order', version: 1 }];
    const heard = async (
      what: string,
      action: () => Promise<unknown>,
      isHeard: () => boolean,
    ): Promise<void> => {
      hints.splice(0);
      await action();
      await until(`the hint at ${what}`, isHeard);
    };
    await storage.registerWorker('worker-1', 60_000);
    const queued = newSaga();
    const owned = newSaga({ owner: 'worker-1' });
    const orphan = newSaga({ owner: 'dead-worker' });
    await storage.start(owned);

    await heard(
      'a queued saga',
      () => storage.start(queued),
      () => isWork(hints),
    );
    await storage.claim({ worker: 'worker-1', sagas, limit: 10 });
    const release = {
      sagaId: queued.sagaId,
      seq: 2,
      worker: 'worker-1',
      reason: 'shutdown',
      begun: [],
      delayMs: 0,
    } as const;
    await heard(
      'a released saga',
      () => storage.release([release]),
      () => isWork(hints),
    );
    await storage.start(orphan);
    await heard(
      'an orphan',
      () => storage.releaseExpired(sagas, 10),
      () => isWork(hints),
    );
    await heard(
      'progress',
      () => storage.append(append(owned.sagaId, 1)),
      () => isAbout(hints, owned.sagaId),
    );
    const cancel = append(owned.sagaId, 2, {
      worker: undefined,
      entry: { kind: 'cancel-requested', reason: 'r' },
    });
    await heard(
      'a request',
      () => storage.append(cancel),
      () => isAbout(hints, owned.sagaId),
    );
    const end = append(owned.sagaId, 3, { change: toCompleted });
    await heard(
      'the end',
      () => storage.append(end),
      () => isAbout(hints, owned.sagaId),
    );
  });

  it('are not heard by the process that gives them', async () => {
    const [storage, other] = [await openListening(), await openListening()];
    const [own, others] = [collectHints(storage), collectHints(other)];
    await storage.start(newSaga());
    await until('the hint', () => others.length > 0);
    expect(own).toEqual([]);
  });

  it('of running sagas are not given where no other process listens, and are given once one does', async () => {
    const storage = await openListening();
    const saga = newSaga({ owner: 'worker-1' });
    await storage.start(saga);
    const before = await lastNotifications();
    for (let seq = 1; seq <= 20; seq++) await storage.append(append(saga.sagaId, seq));
    expect(await lastNotifications()).toEqual(before);

    const other = await openListening();
    const hints = collectHints(other);
    let seq = 20;
    await until('the first hint', async () => {
      await storage.append(append(saga.sagaId, ++seq));
      return isAbout(hints, saga.sagaId);
    });
  });

  it('gather: many sagas at once are few notifications', async () => {
    const [storage, other] = [await openListening(), await openListening()];
    const hints = collectHints(other);
    const sagas = Array.from({ length: 100 }, () => newSaga({ owner: 'worker-1' }));
    await Promise.all(sagas.map((saga) => storage.start(saga)));
    const listener = await database.connect();
    const notifications: string[] = [];
    listener.on('notification', ({ payload }) => notifications.push(payload ?? ''));
    await listener.query('LISTEN nest_saga_saga');

    await Promise.all(sagas.map(({ sagaId }) => storage.append(append(sagaId, 1))));
    await until('all hints', () => sagas.every(({ sagaId }) => isAbout(hints, sagaId)));
    await listener.query('SELECT 1');

    // One for each twentieth of a second that the appends took, and they travel in groups.
    expect(notifications.length).toBeLessThan(25);
  });

  it('come back after their connection was lost, and work is looked for at once', async () => {
    const warnings: string[] = [];
    const storage = await openListening();
    const other = await openListening({ logger: { warn: (message) => warnings.push(message) } });
    const hints = collectHints(other);
    const before = await lastNotifications();

    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'nest-saga hints'",
    );
    await until('the new connection', () => isWork(hints));
    hints.splice(0);
    await until('the hint', async () => {
      await storage.start(newSaga());
      return isWork(hints);
    });

    const pids = new Set((await lastNotifications()).map(({ pid }) => pid));
    expect(before.filter(({ pid }) => pids.has(pid))).toEqual([]);
  });

  it('ignore the notifications of other programs on their channel', async () => {
    const storage = await openListening();
    const hints = collectHints(storage);
    for (const payload of ['', 'nonsense', '{"a":1}', 'hello,work,not-an-id', '❤'])
      await database.query("SELECT pg_notify('nest_saga_saga', $1)", [payload]);
    await until('the hint', () => hints.length > 0);
    expect(hints).toEqual([{ kind: 'work' }]);
  });

  it('are off where they are turned off: no connection, no notification, no hints', async () => {
    const storage = await database.openStorage({ hints: false });
    await storage.start(newSaga());
    expect(storage.onHint).toBeUndefined();
    expect(await lastNotifications()).toEqual([]);
  });
});
