import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { Saga, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler } from '@nest-saga/nestjs';
import type { DataSource } from 'typeorm';
import { SagaRepositories } from '../src/repositories/saga-repositories.js';
import { SagaExecutionRepository } from '../src/repositories/saga-execution.repository.js';
import { SagaJournalRepository } from '../src/repositories/saga-journal.repository.js';
import { SagaRepositoriesModule } from '../src/repositories/saga-repositories.module.js';
import type { SagaRepositoriesModuleOptions } from '../src/repositories/saga-repositories.module.js';
import { SagaWorkerRepository } from '../src/repositories/saga-worker.repository.js';
import { typeOrmSagaStorage } from '../src/saga-storage-factory.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

class OrderContext {}

@SagaStep('reserve')
class ReserveStep implements SagaStepHandler<OrderContext> {
  async act(): Promise<void> {}
  async compensate(): Promise<void> {}
}

@Saga({ name: 'order', context: OrderContext, steps: [ReserveStep] })
class OrderSaga {}

@Injectable()
class Audit {
  constructor(
    readonly executions: SagaExecutionRepository,
    readonly journal: SagaJournalRepository,
    readonly workers: SagaWorkerRepository,
  ) {}
}
@Module({ providers: [Audit] })
class AuditModule {}

const nothing = (): void => undefined;

describe('SagaRepositoriesModule', () => {
  let database: TestDatabase;
  let app: TestingModule | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await database.close();
  });

  const open = async (metadata: Parameters<typeof Test.createTestingModule>[0]): Promise<TestingModule> => {
    app = await Test.createTestingModule(metadata)
      .setLogger({ log: nothing, warn: nothing, error: nothing })
      .compile();
    return app.init();
  };
  const connect = (name?: string) =>
    TypeOrmModule.forRoot({ type: 'postgres', url: database.url, ...(name === undefined ? {} : { name }) });

  it.each<[string, string | undefined]>([
    ['without a name', undefined],
    ['with a name', 'sagas'],
  ])(
    'lets any module inject the repositories that the storage of a data source %s works through',
    async (_title, name) => {
      const of = name === undefined ? {} : { dataSource: name };
      const opened = await open({
        imports: [
          AuditModule,
          SagaRepositoriesModule.forRoot(of),
          SagaModule.forRoot({ storage: typeOrmSagaStorage(of) }),
          connect(name),
        ],
        providers: [OrderSaga, ReserveStep],
      });
      const { executions, journal, workers } = opened.get(Audit, { strict: false });
      const handle = await opened.get(SagaOrchestrator).start(new OrderContext());
      await handle.outcome();
      expect(await executions.findById(handle.sagaId)).toMatchObject({ status: 'completed' });
      expect(await journal.history(handle.sagaId)).toMatchObject([
        { kind: 'act-completed', step: 'reserve' },
      ]);
      expect(await workers.living()).toHaveLength(1);
      const dataSource = opened.get<DataSource>(getDataSourceToken(name));
      expect(SagaRepositories.of(dataSource, 'saga').executions).toBe(executions);
    },
  );

  it('needs no SagaModule: a process that only looks runs nothing', async () => {
    const dataSource = await database.createDataSource();
    await database.openStorage({ schema: 'jobs', hints: false });
    const opened = await open({
      imports: [AuditModule, SagaRepositoriesModule.forRoot({ schema: 'jobs', dataSource })],
    });
    const { executions, workers } = opened.get(Audit, { strict: false });
    expect(await executions.countDue()).toBe(0);
    expect(await workers.living()).toEqual([]);
  });

  it.each<[string, SagaRepositoriesModuleOptions, RegExp]>([
    ['at all', {}, /needs a DataSource, .*Import TypeOrmModule\.forRoot\(\{ type: 'postgres'/],
    [
      'of a name',
      { dataSource: 'sagas' },
      /needs the DataSource "sagas", .*TypeOrmModule\.forRoot\(\{ name: 'sagas'/,
    ],
  ])(
    'is refused at the start if there is no data source %s, with the remedy',
    async (_title, options, message) => {
      const imports = [SagaRepositoriesModule.forRoot(options), connect('other')];
      await expect(open({ imports })).rejects.toMatchObject({
        code: 'SAGA_DATA_SOURCE_MISSING',
        message: expect.stringMatching(message) as unknown,
      });
    },
  );

  it.each<[string, object, string]>([
    ['misspelt', { shema: 'x' }, 'shema is not an option (did you mean schema?)'],
    ['not allowed', { schema: 'a"b' }, 'schema is "a\\"b"'],
  ])('refuses an option that is %s', (_title, options, problem) => {
    expect(() => SagaRepositoriesModule.forRoot(options)).toThrow(problem);
  });
});
