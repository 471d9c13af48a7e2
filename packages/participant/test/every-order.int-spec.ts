import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { SagaBarrier } from '../src/barrier/saga-barrier.js';
import { tryEveryOrder } from './every-order.js';
import type { BarrierUnderTest } from './every-order.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

type BarrierClass = new (dataSource: DataSource) => BarrierUnderTest & { open(): Promise<void> };

describe('two acts and two undos of one step, in every order, with a crash at each statement', () => {
  let database: TestDatabase;
  let directory: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    await new SagaBarrier(await database.connect()).open();
    const parent = resolve(import.meta.dirname, '../dist');
    await mkdir(parent, { recursive: true });
    directory = await mkdtemp(join(parent, 'saboteurs-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await database.close();
  });

  const judge = async (barrierClass: BarrierClass, stopAt: number) => {
    const dataSource = await database.connect({ extra: { max: 3 } });
    return tryEveryOrder(dataSource, new barrierClass(dataSource), stopAt);
  };

  it('have one effect each, the same reply each time, and no act after its undo', async () => {
    const { violations, scenarios, crashedAt } = await judge(SagaBarrier, 10);
    expect(violations).toEqual([]);
    expect([...crashedAt].toSorted()).toEqual(['COMMIT', 'INSERT', 'ROLLBACK', 'SET', 'START', 'UPDATE']);
    expect(scenarios).toBe(337);
  });

  it.each<[string, string, string, string]>([
    [
      'lets a late act in',
      'barrier/verdict.ts',
      "if (own.state === 'refused') return { kind: 'refused' };",
      "if (own.state === 'refused') return { kind: 'work' };",
    ],
    [
      'leaves no row that refuses a late act',
      'barrier/statements.ts',
      "($1::uuid, $2::text, 'act', 'refused'), ",
      '',
    ],
    [
      'repeats an act that was done and undone',
      'barrier/statements.ts',
      "WHEN 'act' THEN 'refused' ELSE",
      "WHEN 'act' THEN 'begun' ELSE",
    ],
    [
      'answers an act that was undone as if its effect were there',
      'barrier/statements.ts',
      "WHEN 'act' THEN 'refused' ELSE",
      "WHEN 'act' THEN state ELSE",
    ],
    [
      'repeats the work',
      'barrier/verdict.ts',
      "if (own.state === 'done') return { kind: 'repeated', reply: own.reply };",
      '',
    ],
    [
      'works outside of its transaction',
      'barrier/saga-barrier.ts',
      'await work(manager)',
      'await work(this.dataSource.manager)',
    ],
    [
      'undoes an act that never came',
      'barrier/verdict.ts',
      "action === 'compensate' && act?.state === 'refused' ? 'nothing' : 'work'",
      "act === undefined ? 'nothing' : 'work'",
    ],
    [
      'forgets the reply',
      'barrier/saga-barrier.ts',
      'return verdict.reply ?? undefined;',
      'return undefined;',
    ],
  ])('catch a barrier that %s', async (title, file, original, mistake) => {
    const copy = join(directory, title.replaceAll(' ', '-'));
    await cp(resolve(import.meta.dirname, '../src'), copy, { recursive: true });
    const source = await readFile(join(copy, file), 'utf8');
    expect(source.split(original)).toHaveLength(2);
    await writeFile(join(copy, file), source.replace(original, mistake));
    const saboteur = (await import(join(copy, 'barrier/saga-barrier.ts'))) as { SagaBarrier: BarrierClass };
    expect((await judge(saboteur.SagaBarrier, 1)).violations).not.toEqual([]);
  });
});
