import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { getDataSourceToken, getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import { Saga, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler } from '@nest-saga/nestjs';
import type { DataSource, Repository } from 'typeorm';
import { sagaEntities } from '../src/entities/saga-entities.js';
import { SagaExecutionEntity } from '../src/entities/saga.entities.js';
import { typeOrmSagaStorage } from '../src/saga-storage-factory.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

class OrderContext {}

@SagaStep('reserve')
class ReserveStep implements SagaStepHandler<OrderContext> {
  async act(): Promise<void> {}
  async compensate(): Promise<void> {}
}

@Saga({ name: 'order', context: OrderContext, steps: [ReserveStep] })
class OrderSaga {}

const nothing = (): void => undefined;

class Settings {
  readonly schema = 'jobs';
}
@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

describe('SagaModule on PostgreSQL', () => {
  let database: TestDatabase;
  let other: TestDatabase;
  let app: TestingModule | undefined;

  beforeEach(async () => {
    [database, other] = [await createTestDatabase(), await createTestDatabase()];
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await other.close();
    await database.close();
  });

  const createApp = async (imports: DynamicModule[]): Promise<TestingModule> => {
    app = await Test.createTestingModule({ imports, providers: [OrderSaga, ReserveStep] })
      .setLogger({ log: nothing, warn: nothing, error: nothing })
      .compile();
    return app;
  };
  const runSaga = async (imports: DynamicModule[]): Promise<string> => {
    const opened = await createApp(imports);
    await opened.init();
    const handle = await opened.get(SagaOrchestrator).start(new OrderContext());
    expect(await handle.outcome()).toMatchObject({ status: 'completed' });
    return handle.sagaId;
  };
  const connectTo = (to: TestDatabase, name?: string): DynamicModule =>
    TypeOrmModule.forRoot({ type: 'postgres', url: to.url, ...(name === undefined ? {} : { name }) });
  const sagasIn = (where: TestDatabase, schema = 'saga') =>
    where.query(`SELECT id, status FROM ${schema}.saga_execution`);
  const hasSchema = async (where: TestDatabase, schema: string): Promise<boolean> => {
    const [row] = await where.query('SELECT to_regnamespace($1) IS NOT NULL AS is_there', [schema]);
    return row?.['is_there'] === true;
  };

  it("keeps sagas in the application's data source", async () => {
    const sagaId = await runSaga([
      connectTo(database),
      SagaModule.forRoot({ storage: typeOrmSagaStorage() }),
    ]);
    expect(await sagasIn(database)).toEqual([{ id: sagaId, status: 'completed' }]);
  });

  it('takes the data source itself from a factory that injects it', async () => {
    const sagaId = await runSaga([
      connectTo(database),
      SagaModule.forRootAsync({
        inject: [getDataSourceToken()],
        useFactory: (dataSource: DataSource) => ({ storage: typeOrmSagaStorage({ dataSource }) }),
      }),
    ]);
    expect(await sagasIn(database)).toEqual([{ id: sagaId, status: 'completed' }]);
  });

  it('finds the data source by itself where a factory only says how to use it', async () => {
    const sagaId = await runSaga([
      SagaModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: async ({ schema }: Settings) => ({ storage: typeOrmSagaStorage({ schema }) }),
      }),
      TypeOrmModule.forRootAsync({ useFactory: async () => ({ type: 'postgres', url: database.url }) }),
    ]);
    expect(await sagasIn(database, 'jobs')).toEqual([{ id: sagaId, status: 'completed' }]);
    expect(await hasSchema(database, 'saga')).toBe(false);
  });

  it('lets a module of the application query the sagas, journals included, through a repository of its own', async () => {
    const sagaId = await runSaga([
      TypeOrmModule.forRoot({ type: 'postgres', url: database.url, autoLoadEntities: true }),
      TypeOrmModule.forFeature(sagaEntities()),
      SagaModule.forRoot({ storage: typeOrmSagaStorage() }),
    ]);
    const sagas = app?.get<Repository<SagaExecutionEntity>>(getRepositoryToken(SagaExecutionEntity));
    expect(await sagas?.find({ where: { status: 'completed' }, relations: { entries: true } })).toMatchObject(
      [{ id: sagaId, entries: [{ kind: 'act-completed', step: 'reserve' }] }],
    );
  });

  it.each<[string, () => DynamicModule]>([
    ['an option', () => SagaModule.forRoot({ storage: typeOrmSagaStorage({ dataSource: 'sagas' }) })],
    [
      'what a factory answers',
      () =>
        SagaModule.forRootAsync({
          useFactory: () => ({ storage: typeOrmSagaStorage({ dataSource: 'sagas' }) }),
        }),
    ],
    [
      'what is injected into a factory',
      () =>
        SagaModule.forRootAsync({
          inject: [getDataSourceToken('sagas')],
          useFactory: (dataSource: DataSource) => ({ storage: typeOrmSagaStorage({ dataSource }) }),
        }),
    ],
  ])('keeps sagas in the data source of a name, by %s, and nothing in the other one', async (_title, of) => {
    const sagaId = await runSaga([connectTo(database), connectTo(other, 'sagas'), of()]);
    expect(await sagasIn(other)).toEqual([{ id: sagaId, status: 'completed' }]);
    expect(await hasSchema(database, 'saga')).toBe(false);
  });

  it('names the missing data source if no module provides one of that name', async () => {
    const storage = typeOrmSagaStorage({ dataSource: 'sagas' });
    const opened = await createApp([connectTo(database), SagaModule.forRoot({ storage })]);
    await expect(opened.init()).rejects.toMatchObject({
      code: 'SAGA_STORAGE_MISSING',
      message: expect.stringContaining('needs sagasDataSource, which no module'),
    });
  });

  it('gives its lease back and leaves no session behind when the application closes', async () => {
    await runSaga([connectTo(database), SagaModule.forRoot({ storage: typeOrmSagaStorage() })]);
    expect(await database.query('SELECT FROM saga.saga_worker')).toHaveLength(1);
    await app?.close();
    app = undefined;
    expect(await database.query('SELECT FROM saga.saga_worker')).toEqual([]);
    // The server notices a moment later that they are gone.
    await until('the end of all sessions', async () => {
      const sessions = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
      return (await database.query(sessions)).length === 0;
    });
  });
});
