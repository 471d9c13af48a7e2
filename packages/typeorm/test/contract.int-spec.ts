import { randomUUID } from 'node:crypto';
import { describeSagaStorage } from '@nest-saga/testing';
import type { SagaStorageHarness } from '@nest-saga/testing';
import { openProxy } from './breakable-network.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

const databases = new Map<SagaStorageHarness, TestDatabase>();
const proxies = new Map<SagaStorageHarness, Awaited<ReturnType<typeof openProxy>>>();

describeSagaStorage('TypeOrmSagaStorage', {
  hasTransactions: true,
  async create() {
    const database = await createTestDatabase();
    const dataSource = await database.createDataSource();
    const storage = await database.openStorage({ dataSource });
    const harness: SagaStorageHarness = {
      storage,
      another: () => database.openStorage(),
      transaction: (work) => dataSource.transaction(work),
    };
    databases.set(harness, database);
    return harness;
  },
  async fragile(harness) {
    const database = databases.get(harness);
    if (database === undefined) throw new Error('there is no database of this harness');
    const proxy = await openProxy(database.url);
    proxies.set(harness, proxy);
    // One connection, which stays: what breaks in the middle of a call is never the making of a new one.
    const pool = { url: proxy.url, poolSize: 1, extra: { idleTimeoutMillis: 0 } };
    const storage = await database.openStorage({ hints: false, migrations: 'off' }, pool);
    await storage.find(randomUUID());
    return { storage, loseNext: proxy.loseNext };
  },
  async destroy(harness) {
    await databases.get(harness)?.close();
    await proxies.get(harness)?.close();
  },
});
