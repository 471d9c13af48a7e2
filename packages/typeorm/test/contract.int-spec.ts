import { describeSagaStorage } from '@nest-saga/testing';
import type { SagaStorageHarness } from '@nest-saga/testing';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

const databases = new Map<SagaStorageHarness, TestDatabase>();

describeSagaStorage('TypeOrmSagaStorage', {
  async create() {
    const database = await createTestDatabase();
    const storage = await database.openStorage();
    const harness = { storage, another: () => database.openStorage() };
    databases.set(harness, database);
    return harness;
  },
  async destroy(harness) {
    await databases.get(harness)?.close();
  },
});
