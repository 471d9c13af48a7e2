import { jest } from '@jest/globals';
import pg from 'pg';

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statements that all clients of this process send while `work` runs. */
export async function askedBy(work: () => Promise<unknown>): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const original = pg.Client.prototype.query as (this: pg.Client, ...parameters: unknown[]) => unknown;
  const spy = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...parameters: unknown[]
  ) {
    const [query] = parameters as [{ readonly text: string; readonly values?: readonly unknown[] }];
    asked.push({ text: query.text, values: query.values ?? [] });
    return Reflect.apply(original, this, parameters);
  });
  try {
    await work();
    return asked;
  } finally {
    spy.mockRestore();
  }
}
