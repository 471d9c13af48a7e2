import type { DataSource, QueryRunner } from 'typeorm';

/**
 * A place at which the process loses its connection, as if it died there: right before the statement with this number in its
 * transaction, from 0, and so right after the one before it; or after the commit, whose answer is lost.
 */
export type CrashPoint = number | 'after-commit';

/** Counts the statements of transactions, and breaks the connection at a point. */
export class Crashes {
  /** The statement at which the last armed crash came; undefined if the transaction was too short for it. */
  hit: string | undefined;
  private point: CrashPoint | undefined;

  constructor(dataSource: DataSource) {
    const create = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => this.watch(create(mode));
  }

  arm(point: CrashPoint | undefined): void {
    this.point = point;
    this.hit = undefined;
  }

  private watch(runner: QueryRunner): QueryRunner {
    const query = runner.query.bind(runner) as (text: string, values?: unknown[]) => Promise<unknown>;
    let statement = -1;
    runner.query = async (text: string, values?: unknown[]): Promise<never> => {
      statement += 1;
      const isHere = this.point === statement || (this.point === 'after-commit' && text === 'COMMIT');
      if (!isHere || this.hit !== undefined) return (await query(text, values)) as never;
      this.hit = text;
      if (this.point === 'after-commit') await query(text, values);
      await breakConnection(runner);
      throw new ConnectionLost();
    };
    return runner;
  }
}

export class ConnectionLost extends Error {}

async function breakConnection(runner: QueryRunner): Promise<void> {
  const client = (await runner.connect()) as {
    readonly connection: { readonly stream: { destroy(): void } };
    once(event: 'end', listener: () => void): void;
  };
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  client.connection.stream.destroy();
  await ended;
}
