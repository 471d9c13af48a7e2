import { DefaultNamingStrategy, EntitySchema } from 'typeorm';
import type { DataSource, NamingStrategyInterface } from 'typeorm';
import { sagaEntities } from '../src/entities/saga-entities.js';
import { SagaExecutionEntity, SagaLogEntity } from '../src/entities/saga.entities.js';
import { SagaWorkerEntity } from '../src/entities/saga-worker.entity.js';
import { SagaEntityMappingError } from '../src/errors/saga-entity-mapping-error.js';
import { SagaReadOnlyError } from '../src/errors/saga-read-only-error.js';
import { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { append, newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

class Note {
  declare id: number;
  declare saga?: unknown;
}
const noteSchema = new EntitySchema<Note>({
  name: 'Note',
  target: Note,
  tableName: 'note',
  columns: { id: { type: 'integer', primary: true } },
  relations: {
    saga: {
      type: 'many-to-one',
      target: () => SagaExecutionEntity,
      cascade: true,
      createForeignKeyConstraints: false,
    },
  },
});

class Mine {
  declare id: string;
  declare status: string;
}
const mineSchema = new EntitySchema<Mine>({
  name: 'Mine',
  target: Mine,
  tableName: 'saga_execution',
  schema: 'saga',
  synchronize: false,
  columns: { id: { type: 'uuid', primary: true }, status: { type: 'text' } },
});

type Write = (dataSource: DataSource, sagaId: string) => Promise<unknown>;

const sagas = (dataSource: DataSource) => dataSource.getRepository(SagaExecutionEntity);
const one = (dataSource: DataSource, id: string) => sagas(dataSource).findOneByOrFail({ id });

const writes: ReadonlyMap<string, Write> = new Map<string, Write>([
  [
    'save() of a changed saga',
    async (dataSource, id) =>
      sagas(dataSource).save(Object.assign(await one(dataSource, id), { status: 'completed' })),
  ],
  ['save() of a part of one', (dataSource, id) => sagas(dataSource).save({ id, status: 'completed' })],
  [
    'save() of a new one',
    (dataSource) => sagas(dataSource).save({ ...newRow(), id: '0190a1b2-0000-7000-8000-000000000009' }),
  ],
  ['insert()', (dataSource) => sagas(dataSource).insert(newRow())],
  ['upsert()', (dataSource) => sagas(dataSource).upsert(newRow(), ['id'])],
  ['update()', (dataSource, id) => sagas(dataSource).update({ id }, { status: 'completed' })],
  ['increment()', (dataSource, id) => sagas(dataSource).increment({ id }, 'sagaVersion', 1)],
  ['delete()', (dataSource, id) => sagas(dataSource).delete({ id })],
  ['remove()', async (dataSource, id) => sagas(dataSource).remove(await one(dataSource, id))],
  ['softDelete()', (dataSource, id) => sagas(dataSource).softDelete({ id })],
  ['restore()', (dataSource, id) => sagas(dataSource).restore({ id })],
  ['softRemove()', async (dataSource, id) => sagas(dataSource).softRemove(await one(dataSource, id))],
  ['recover()', async (dataSource, id) => sagas(dataSource).recover(await one(dataSource, id))],
  [
    'save() of a manager in a transaction',
    (dataSource, id) =>
      dataSource.transaction((manager) => manager.save(SagaExecutionEntity, { id, status: 'completed' })),
  ],
  [
    'an update by a query builder',
    (dataSource, id) =>
      dataSource
        .createQueryBuilder()
        .update(SagaExecutionEntity)
        .set({ status: 'completed' })
        .where({ id })
        .execute(),
  ],
  [
    'a delete by a query builder',
    (dataSource, id) => sagas(dataSource).createQueryBuilder().delete().where({ id }).execute(),
  ],
  [
    'an insert by a query builder',
    (dataSource) =>
      dataSource.createQueryBuilder().insert().into(SagaExecutionEntity).values(newRow()).execute(),
  ],
  [
    'a delete of the journal',
    (dataSource, sagaId) => dataSource.getRepository(SagaLogEntity).delete({ sagaId }),
  ],
  [
    'a change of an entry',
    (dataSource, sagaId) => dataSource.getRepository(SagaLogEntity).update({ sagaId, seq: 1 }, { step: 'x' }),
  ],
  ['clear()', (dataSource) => sagas(dataSource).clear({ cascade: true })],
  [
    'clear() of a manager, in a transaction',
    (dataSource) => dataSource.transaction((manager) => manager.clear(SagaLogEntity)),
  ],
  ["clear() of the application's own entity", (dataSource) => dataSource.getRepository(Mine).clear()],
  [
    'a longer lease',
    (dataSource) =>
      dataSource.getRepository(SagaWorkerEntity).update({ id: 'worker-1' }, { expiresAt: new Date() }),
  ],
  [
    'a relation of a query builder',
    (dataSource, sagaId) =>
      dataSource
        .createQueryBuilder()
        .relation(SagaExecutionEntity, 'entries')
        .of(sagaId)
        .remove({ sagaId, seq: 1 }),
  ],
  [
    'a cascade from an entity of the application',
    (dataSource, id) => dataSource.getRepository(Note).save({ id: 1, saga: { id, status: 'completed' } }),
  ],
  [
    "an entity of the application's own for the table",
    (dataSource, id) => dataSource.getRepository(Mine).update({ id }, { status: 'completed' }),
  ],
]);

function newRow() {
  return {
    id: '0190a1b2-0000-7000-8000-000000000008',
    sagaName: 'order',
    sagaVersion: 1,
    status: 'completed',
    context: {},
    metadata: {},
    createdAt: new Date(0),
    updatedAt: new Date(0),
  } as const;
}

describe('the saga entities of a data source', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  const open = async () => {
    const dataSource = await database.createDataSource({
      entities: [...sagaEntities(), noteSchema, mineSchema],
      synchronize: true,
    });
    const storage = await database.openStorage({ dataSource, hints: false });
    const { sagaId } = newSaga();
    await storage.start({ ...newSaga(), sagaId });
    await storage.append(append(sagaId, 1));
    await storage.registerWorker('worker-1', 30_000);
    return { dataSource, storage, sagaId };
  };
  const rows = () =>
    database.query(`SELECT
      (SELECT json_agg(s ORDER BY id) FROM saga.saga_execution s)::text AS sagas,
      (SELECT json_agg(l ORDER BY saga_id, seq) FROM saga.saga_log l)::text AS entries,
      (SELECT json_agg(w ORDER BY id) FROM saga.saga_worker w)::text AS workers`);

  it.each([...writes.keys()])('refuse %s, and say what to use instead', async (title) => {
    const { dataSource, sagaId } = await open();
    const before = await rows();
    const thrown = await writes
      .get(title)?.(dataSource, sagaId)
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(SagaReadOnlyError);
    expect(thrown).toMatchObject({
      code: 'SAGA_READ_ONLY',
      message: expect.stringContaining('SagaOrchestrator') as unknown,
    });
    expect(await rows()).toEqual(before);
  });

  it('refuse them once the data source was destroyed and initialized again', async () => {
    const { dataSource, storage, sagaId } = await open();
    await dataSource.destroy();
    await dataSource.initialize();
    await storage.find(sagaId);
    await expect(sagas(dataSource).delete({ id: sagaId })).rejects.toThrow(SagaReadOnlyError);
  });

  it('are read as before, and the entities of the application written', async () => {
    const { dataSource, sagaId } = await open();
    expect(await one(dataSource, sagaId)).toMatchObject({ id: sagaId, status: 'pending' });
    await dataSource.getRepository(Note).save({ id: 2 });
    await dataSource.getRepository(Note).delete({ id: 2 });
    expect(await dataSource.getRepository(Note).countBy({ id: 2 })).toBe(0);
  });

  class Named extends DefaultNamingStrategy implements NamingStrategyInterface {
    constructor(private readonly rename: Partial<Record<'table' | 'column', (name: string) => string>>) {
      super();
    }
    override tableName(target: string, given: string | undefined): string {
      const name = super.tableName(target, given);
      return this.rename.table?.(name) ?? name;
    }
    override columnName(property: string, given: string | undefined, prefixes: string[]): string {
      const name = super.columnName(property, given as string, prefixes);
      return this.rename.column?.(name) ?? name;
    }
  }

  it.each([
    ['entityPrefix', { entityPrefix: 'app_' }, 'the table "app_saga_execution"'],
    [
      'a naming strategy for tables',
      { namingStrategy: new Named({ table: (name) => `t_${name}` }) },
      'the table "t_saga_execution"',
    ],
    [
      'a naming strategy for columns',
      { namingStrategy: new Named({ column: (name) => name.toUpperCase() }) },
      'the column "ID"',
    ],
  ])('are refused at the opening with %s, by the name that is not there', async (_title, options, named) => {
    const dataSource = await database.createDataSource({ entities: sagaEntities(), ...options });
    const storage = new TypeOrmSagaStorage({ dataSource, hints: false });
    const thrown = await storage.open().catch((error: unknown) => error);
    await storage.close();
    expect(thrown).toBeInstanceOf(SagaEntityMappingError);
    expect(thrown).toMatchObject({
      code: 'SAGA_ENTITY_MAPPING',
      message: expect.stringContaining(named) as unknown,
    });
  });

  it('matter only if they are listed: a prefix for the entities of the application is allowed', async () => {
    const dataSource = await database.createDataSource({ entities: [noteWithoutSaga], entityPrefix: 'app_' });
    const storage = await database.openStorage({ dataSource, hints: false });
    expect(await storage.start(newSaga())).toEqual({ kind: 'started' });
  });
});

const noteWithoutSaga = new EntitySchema<Pick<Note, 'id'>>({
  name: 'Plain',
  tableName: 'plain',
  columns: { id: { type: 'integer', primary: true } },
});
