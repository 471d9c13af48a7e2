import { jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { SagaBarrier } from '../src/barrier/saga-barrier.js';
import { commandsOfASaga, effectOf, effectsSql } from './commands.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('SagaBarrier', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let barrier: SagaBarrier;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await database.connect();
    barrier = new SagaBarrier(dataSource);
    await barrier.open();
  });
  afterAll(() => database.close());

  const rowsOf = (sagaId: string) =>
    database.query(
      'SELECT action, state, reply FROM saga.saga_participant WHERE saga_id = $1 ORDER BY action',
      [sagaId],
    );

  it('commits the row of a command with its work, and repeats the reply', async () => {
    const { act } = commandsOfASaga();
    const reply = await barrier.run(act, effectOf(act));
    expect(await rowsOf(act.sagaId)).toEqual([{ action: 'act', state: 'done', reply }]);
    const again = await barrier.run(act, () => {
      throw new Error('worked again');
    });
    expect(again).toEqual(reply);
  });

  it('leaves nothing of a command whose work throws, and does it when it comes again', async () => {
    const { act } = commandsOfASaga();
    const failing = barrier.run(act, async (manager) => {
      await effectOf(act)(manager);
      throw new TypeError('no such account');
    });
    await expect(failing).rejects.toThrow(TypeError);
    expect(await rowsOf(act.sagaId)).toEqual([]);
    expect(await database.query(effectsSql, [act.sagaId])).toEqual([]);
    expect(await barrier.run(act, effectOf(act))).toBeDefined();
  });

  it('rolls back a work that continues after an error of its statement', async () => {
    const { act } = commandsOfASaga();
    const careless = barrier.run(act, async (manager) => {
      await manager.query('SELECT 1 / 0').catch(() => undefined);
      return 'done';
    });
    await expect(careless).rejects.toMatchObject({ code: '25P02' });
    expect(await rowsOf(act.sagaId)).toEqual([]);
  });

  it('records an undo whose act never came without any work, and refuses the act with 410 after that', async () => {
    const { act, compensate } = commandsOfASaga();
    expect(await barrier.run(compensate, effectOf(compensate))).toBeUndefined();
    expect(await rowsOf(act.sagaId)).toEqual([
      { action: 'act', state: 'refused', reply: null },
      { action: 'compensate', state: 'done', reply: null },
    ]);
    const late = await barrier.run(act, effectOf(act)).catch((error: unknown) => error);
    expect(late).toMatchObject({ code: 'SAGA_ACT_REFUSED', sagaId: act.sagaId, step: 'charge' });
    expect((late as { getStatus(): number }).getStatus()).toBe(410);
    expect(await database.query(effectsSql, [act.sagaId])).toEqual([]);
  });

  it('keeps the steps of a saga apart', async () => {
    const { act, compensate } = commandsOfASaga();
    await barrier.run({ ...compensate, step: 'reserve' }, () => undefined);
    expect(await barrier.run(act, effectOf(act))).toBeDefined();
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text with a NUL character', 'a\u0000b'],
    ['nested values', { list: [1, { deep: true }], text: 'ü' }],
  ])('returns %s as a reply, at first and again', async (_title, reply) => {
    const { act } = commandsOfASaga();
    expect(await barrier.run(act, () => reply)).toEqual(reply);
    expect(await barrier.run(act, () => 'worked again')).toEqual(reply);
  });

  it('rolls back a command whose reply is not plain JSON', async () => {
    const { act } = commandsOfASaga();
    const running = barrier.run(act, async (manager) => {
      await effectOf(act)(manager);
      return { paidAt: new Date(0) };
    });
    await expect(running).rejects.toMatchObject({ code: 'SAGA_REPLY_NOT_STORABLE', path: 'reply.paidAt' });
    expect(await rowsOf(act.sagaId)).toEqual([]);
  });

  it('does nothing for a command that is none', async () => {
    const { act } = commandsOfASaga();
    const work = jest.fn();
    await expect(barrier.run({ ...act, sagaId: 'x' }, work)).rejects.toMatchObject({
      code: 'SAGA_COMMAND_INVALID',
      field: 'sagaId',
    });
    expect(work).not.toHaveBeenCalled();
  });

  it('waits for the disk although the role does not', async () => {
    const hasty = await database.connect({ extra: { options: '-c synchronous_commit=off' } });
    const read = "SELECT current_setting('synchronous_commit') AS value";
    const inWork = await new SagaBarrier(hasty).run(commandsOfASaga().act, (manager) =>
      manager.query<unknown>(read),
    );
    expect({ inWork, after: await hasty.query<unknown>(read) }).toEqual({
      inWork: [{ value: 'on' }],
      after: [{ value: 'off' }],
    });
  });

  it('purges both rows of a step by the age of its last command', async () => {
    const [old, young] = [commandsOfASaga(), commandsOfASaga()];
    for (const { act, compensate } of [old, young]) {
      await barrier.run(act, effectOf(act));
      await barrier.run(compensate, effectOf(compensate));
    }
    await database.query("UPDATE saga.saga_participant SET at = at - interval '91 days' WHERE saga_id = $1", [
      old.act.sagaId,
    ]);
    expect(await barrier.purge(90 * 24 * 3_600_000)).toBe(2);
    expect(await rowsOf(old.act.sagaId)).toEqual([]);
    expect(await rowsOf(young.act.sagaId)).toHaveLength(2);
    await expect(barrier.purge(0)).rejects.toThrow(RangeError);
  });
});
