import { SagaExecutionEntity } from '../src/entities/saga-execution.entity.js';
import { sagaEntities } from '../src/entities/saga-entities.js';
import { SagaLogEntity } from '../src/entities/saga-log.entity.js';
import { SagaWorkerEntity } from '../src/entities/saga-worker.entity.js';
import { actCompleted, append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe.each(['saga', 'My_Sagas'])('the entities of the schema "%s"', (schema) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('let the application query sagas, journals and workers through its own repositories', async () => {
    const storage = await database.openStorage({ schema });
    const saga = newSaga({ key: 'A-1', metadata: { tenant: 'a' } });
    await storage.start(saga);
    await storage.append(
      append(saga.sagaId, 1, { entry: actCompleted('reserve', { response: '{"id":7}' }) }),
    );
    await storage.registerWorker('worker-1', 30_000);
    // Synchronisation would change the tables if it were not told to leave them alone.
    const dataSource = await database.createDataSource({
      entities: sagaEntities({ schema }),
      synchronize: true,
    });

    const [execution] = await dataSource
      .getRepository(SagaExecutionEntity)
      .find({ where: { sagaKey: 'A-1' }, relations: { entries: true } });
    expect(execution).toMatchObject({
      id: saga.sagaId,
      sagaName: 'order',
      status: 'pending',
      context: { orderId: 'A-1' },
      metadata: { tenant: 'a' },
      createdAt: expect.any(Date),
      entries: [{ seq: 1, kind: 'act-completed', step: 'reserve', response: { id: 7 } }],
    });
    const entry = await dataSource
      .getRepository(SagaLogEntity)
      .findOne({ where: { sagaId: saga.sagaId }, relations: { execution: true } });
    expect(entry?.execution).toMatchObject({ id: saga.sagaId });
    expect(await dataSource.getRepository(SagaWorkerEntity).find()).toMatchObject([{ id: 'worker-1' }]);
  });
});
