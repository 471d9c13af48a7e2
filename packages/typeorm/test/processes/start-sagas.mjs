/** A process that starts 16 sagas with one key at once, and prints each answer. */
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.ts';

const dataSource = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL });
await dataSource.initialize();
const storage = new TypeOrmSagaStorage({ dataSource });
await storage.open();

const start = async () => {
  const sagaId = randomUUID();
  const result = await storage.start({
    sagaId,
    saga: 'order',
    version: 1,
    key: 'one-key',
    context: '{}',
    metadata: {},
    owner: undefined,
  });
  return { kind: result.kind, sagaId: result.kind === 'started' ? sagaId : result.header.sagaId };
};
const answers = await Promise.all(Array.from({ length: 16 }, start));
console.log(JSON.stringify(answers));
await storage.close();
await dataSource.destroy();
