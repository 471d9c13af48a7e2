import type { DataSource, EntityManager } from 'typeorm';
import { SagaBarrier } from '../src/barrier/saga-barrier.js';
import type { SagaBarrierOptions } from '../src/barrier/barrier-options.js';
import { commandsOfASaga, effectOf, effectsSql } from './commands.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

/** A moment that a test waits for and another part of it lets come. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** The error of a command, watched from the beginning. */
const errorOf = (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('commands on several connections at once', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const barrierWith = (options: SagaBarrierOptions = {}) => new SagaBarrier(dataSource, options);

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await database.connect({ extra: { max: 12 } });
    await barrierWith().open();
  });
  afterAll(() => database.close());

  const effectsOf = async (sagaId: string) =>
    (await database.query(effectsSql, [sagaId])).map(({ action }) => action);

  /** Resolves when this number of transactions of this database wait for a row. */
  const waiting = async (count: number) => {
    for (;;) {
      const rows = await database.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if (rows.length === count) return;
    }
  };

  /** Work that has its effect, and then keeps its transaction open until a gate opens. */
  const held = (command: Parameters<typeof effectOf>[0]) => {
    const [begun, end] = [gate(), gate()];
    const work = async (manager: EntityManager) => {
      const reply = await effectOf(command)(manager);
      begun.open();
      await end.opened;
      return reply;
    };
    return { work, begun: begun.opened, end: end.open };
  };

  it('an undo waits for the act that is still running, and then undoes it', async () => {
    const { act, compensate } = commandsOfASaga();
    const running = held(act);
    const acted = barrierWith().run(act, running.work);
    await running.begun;
    const undone = barrierWith().run(compensate, effectOf(compensate));
    await waiting(1);
    expect(await effectsOf(act.sagaId)).toEqual([]);
    running.end();
    expect(await acted).toEqual({ effect: expect.any(Number) });
    expect(await undone).toEqual({ effect: expect.any(Number) });
    expect(await effectsOf(act.sagaId)).toEqual(['act', 'compensate']);
  });

  it('an undo does nothing if the act that it waited for fails, and the act is refused when it comes again', async () => {
    const { act, compensate } = commandsOfASaga();
    const running = held(act);
    const acted = barrierWith().run(act, async (manager) => {
      await running.work(manager);
      throw new Error('the card was declined');
    });
    await running.begun;
    const undone = barrierWith().run(compensate, effectOf(compensate));
    await waiting(1);
    running.end();
    await expect(acted).rejects.toThrow('the card was declined');
    expect(await undone).toBeUndefined();
    await expect(barrierWith().run(act, effectOf(act))).rejects.toMatchObject({ code: 'SAGA_ACT_REFUSED' });
    expect(await effectsOf(act.sagaId)).toEqual([]);
  });

  it('an act that comes while its undo runs waits for it, and is refused', async () => {
    const { act, compensate } = commandsOfASaga();
    await barrierWith().run(act, effectOf(act));
    const running = held(compensate);
    const undone = barrierWith().run(compensate, running.work);
    await running.begun;
    const late = errorOf(barrierWith().run(act, effectOf(act)));
    await waiting(1);
    running.end();
    await undone;
    expect(await late).toMatchObject({ code: 'SAGA_ACT_REFUSED' });
    expect(await effectsOf(act.sagaId)).toEqual(['act', 'compensate']);
  });

  it.each(['act', 'compensate'] as const)(
    'the repetition of a running %s waits for it, and gets its reply without any work',
    async (action) => {
      const commands = commandsOfASaga();
      if (action === 'compensate') await barrierWith().run(commands.act, effectOf(commands.act));
      const running = held(commands[action]);
      const first = barrierWith().run(commands[action], running.work);
      await running.begun;
      const second = barrierWith().run(commands[action], effectOf(commands[action]));
      await waiting(1);
      running.end();
      expect(await second).toEqual(await first);
      expect((await effectsOf(commands.act.sagaId)).filter((effect) => effect === action)).toEqual([action]);
    },
  );

  it('of twenty sagas whose acts and undos all come twice at once leave no effect', async () => {
    const sagas = Array.from({ length: 20 }, commandsOfASaga);
    const commands = sagas.flatMap(({ act, compensate }) => [act, compensate, compensate, act]);
    await Promise.allSettled(commands.map((command) => barrierWith().run(command, effectOf(command))));
    for (const { act, compensate } of sagas) {
      await barrierWith().run(compensate, effectOf(compensate));
      expect(['', 'act,compensate']).toContain((await effectsOf(act.sagaId)).join());
    }
  });

  it('a purge keeps the row of an old act while its undo runs, so that the act is refused after it', async () => {
    const { act, compensate } = commandsOfASaga();
    await barrierWith().run(act, effectOf(act));
    await database.query("UPDATE saga.saga_participant SET at = at - interval '1 year' WHERE saga_id = $1", [
      act.sagaId,
    ]);
    const running = held(compensate);
    const undone = barrierWith().run(compensate, running.work);
    await running.begun;
    const purged = barrierWith().purge(1_000 * 3_600);
    await waiting(1);
    running.end();
    await undone;
    expect(await purged).toBe(0);
    await expect(barrierWith().run(act, effectOf(act))).rejects.toMatchObject({ code: 'SAGA_ACT_REFUSED' });
  });

  describe('are retryable', () => {
    it.each(['REPEATABLE READ', 'SERIALIZABLE'] as const)(
      'if a repetition under %s cannot see the row that it waited for',
      async (isolationLevel) => {
        const { act } = commandsOfASaga();
        const barrier = barrierWith({ isolationLevel });
        const running = held(act);
        const first = barrier.run(act, running.work);
        await running.begun;
        const second = errorOf(barrier.run(act, effectOf(act)));
        await waiting(1);
        running.end();
        expect(await second).toMatchObject({ code: 'SAGA_COMMAND_RETRYABLE', retryable: true });
        expect(await barrier.run(act, effectOf(act))).toEqual(await first);
        expect(await effectsOf(act.sagaId)).toEqual(['act']);
      },
    );

    it('if their works wait for each other: one is rolled back and may come again', async () => {
      const [one, other] = [commandsOfASaga().act, commandsOfASaga().act];
      const barrier = barrierWith();
      const both = [gate(), gate()];
      const cross = (own: 0 | 1) => async (manager: EntityManager) => {
        await manager.query('SELECT pg_advisory_xact_lock(42, $1)', [own]);
        both[own]?.open();
        await Promise.all(both.map(({ opened }) => opened));
        await manager.query('SELECT pg_advisory_xact_lock(42, $1)', [1 - own]);
        return effectOf(own === 0 ? one : other)(manager);
      };
      const settled = await Promise.allSettled([barrier.run(one, cross(0)), barrier.run(other, cross(1))]);
      const errors = settled.filter(({ status }) => status === 'rejected');
      expect(errors).toMatchObject([{ reason: { code: 'SAGA_COMMAND_RETRYABLE' } }]);
      await Promise.all([one, other].map((command) => barrier.run(command, effectOf(command))));
      for (const { sagaId } of [one, other]) expect(await effectsOf(sagaId)).toEqual(['act']);
    });
  });
});
