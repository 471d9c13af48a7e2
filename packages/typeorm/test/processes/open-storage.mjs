/** A process that opens the storage on an empty database, and says so. */
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.ts';

const dataSource = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, poolSize: 2 });
await dataSource.initialize();
const storage = new TypeOrmSagaStorage({ dataSource, migrations: 'auto' });
await storage.open();
console.log('open');
await storage.close();
await dataSource.destroy();
