import { SagaExecutionEntity, SagaLogEntity } from '../src/entities/saga.entities.js';
import { sagaEntities } from '../src/entities/saga-entities.js';
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
    // Synchronisation would change the tables if it were allowed to.
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

  it('say of a saga what the storage says of it', async () => {
    const storage = await database.openStorage({ schema });
    const saga = newSaga({ owner: 'worker-1', key: 'A-2', metadata: { tenant: 'b' } });
    const { sagaId } = saga;
    await storage.start(saga);
    const error = { name: 'CardError', message: 'declined', code: 'E1' };
    const at = new Date('2026-03-01T10:00:00.123Z');
    const failed = { kind: 'act-failed', step: 'charge', attempt: 1, outcome: 'failed', error } as const;
    await storage.append(
      append(sagaId, 1, {
        entry: { ...failed, next: 'compensate', undo: false, startedAt: at, finishedAt: at },
        change: {
          status: 'stuck',
          owner: undefined,
          failure: { reason: 'step-failed', step: 'charge', errorName: 'CardError', message: 'declined' },
          stuck: { reason: 'compensation-exhausted', step: 'reserve', message: 'no answer' },
        },
      }),
    );
    const dataSource = await database.createDataSource({ entities: sagaEntities({ schema }) });

    const execution = await dataSource
      .getRepository(SagaExecutionEntity)
      .findOneOrFail({ where: { id: sagaId }, relations: { entries: true } });
    const loaded = await storage.load(sagaId);

    const {
      id,
      sagaName,
      sagaVersion,
      sagaKey,
      owner,
      nextRunAt,
      deadlineAt,
      resumedAt,
      waiting,
      path,
      parentId,
      reverses,
      tags,
      context,
      entries,
      ...same
    } = execution;
    expect(resumedAt).toBeNull();
    expect({
      ...same,
      sagaId: id,
      saga: sagaName,
      version: sagaVersion,
      key: sagaKey,
      owner: owner ?? undefined,
      nextRunAt: nextRunAt ?? undefined,
      waiting: waiting ?? undefined,
      deadlineAt: deadlineAt ?? undefined,
      path: path ?? undefined,
      parentId: parentId ?? undefined,
      reverses: reverses ?? undefined,
      tags: tags ?? undefined,
      context: JSON.stringify(context),
    }).toEqual(loaded?.header);
    const [entry] = entries ?? [];
    expect(loaded?.entries).toMatchObject([
      {
        seq: entry?.seq,
        kind: entry?.kind,
        step: entry?.step,
        attempt: entry?.attempt,
        worker: entry?.worker,
        error: entry?.error,
        ...entry?.detail,
        startedAt: entry?.startedAt,
        finishedAt: entry?.finishedAt,
        recordedAt: entry?.recordedAt,
      },
    ]);
    expect(entry).toMatchObject({
      status: 'stuck',
      seq: 1,
      detail: { outcome: 'failed', next: 'compensate' },
    });
  });
});
