import type { SagaStorage } from '@nest-saga/core';
import { describeSagaStorage, FakeClock } from '@nest-saga/testing';
import type { Sabotage } from '../simulation/simulate.js';

type Body = () => unknown;

interface Group {
  readonly before: Body[];
  readonly after: Body[];
  readonly tests: { readonly title: string; readonly body: Body }[];
}

/**
 * Runs the contract of storages without Jest, so that a storage that breaks it is found without failing the suite.
 *
 * @returns The titles of the tests that fail.
 */
export async function runContract(storageOf: NonNullable<Sabotage['storage']>): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const group of collectGroups(storageOf)) {
    for (const before of group.before) await before();
    for (const { title, body } of group.tests) {
      try {
        await body();
      } catch {
        failed.push(title);
      }
    }
    for (const after of group.after) await after();
  }
  return failed;
}

function collectGroups(storageOf: NonNullable<Sabotage['storage']>): readonly Group[] {
  const groups: Group[] = [];
  const current = (): Group => {
    const group = groups.at(-1);
    if (group === undefined) throw new Error('a test outside of every group');
    return group;
  };
  const add = (title: string, body: Body): void => void current().tests.push({ title, body });
  const each =
    (rows: readonly unknown[]) =>
    (title: string, body: (...row: unknown[]) => unknown): void => {
      for (const row of rows) {
        const values: unknown[] = Array.isArray(row) ? row : [row];
        add(title.replace('%s', String(values[0])), () => body(...values));
      }
    };
  const framework = {
    describe: (_title: string, body: Body) => {
      groups.push({ before: [], after: [], tests: [] });
      body();
    },
    it: Object.assign(add, { each }),
    beforeAll: (body: Body) => current().before.push(body),
    afterAll: (body: Body) => current().after.push(body),
  };
  withGlobals(framework, () => {
    describeSagaStorage('a broken storage', {
      async create() {
        const clock = new FakeClock();
        const storage: SagaStorage = storageOf(clock);
        return { storage, another: () => Promise.resolve(storage), advance: (byMs) => clock.advance(byMs) };
      },
      async destroy() {},
    });
  });
  return groups;
}

function withGlobals(globals: Readonly<Record<string, unknown>>, body: () => void): void {
  const before = Object.keys(globals).map((name) => [name, Reflect.get(globalThis, name)] as const);
  try {
    for (const [name, value] of Object.entries(globals)) Reflect.set(globalThis, name, value);
    body();
  } finally {
    for (const [name, value] of before) Reflect.set(globalThis, name, value);
  }
}
