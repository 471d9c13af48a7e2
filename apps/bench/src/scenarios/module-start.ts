import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchServer } from '../server/bench-server.js';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./start-application.mjs', import.meta.url));

/**
 * The time from the start of an application's process until it is ready, in milliseconds. It includes loading the
 * modules.
 */
export interface StartTimes {
  /** With TypeORM on PostgreSQL, and without sagas. */
  readonly withoutMs: readonly number[];
  /** The same with `SagaModule` and a saga. */
  readonly withMs: readonly number[];
}

/** The usual start is one with existing tables. */
export interface ModuleStartResult extends StartTimes {
  /** Starts on new databases, which create the tables. Absent in results of earlier runs. */
  readonly first?: StartTimes;
}

/** Starts the same application with and without `SagaModule`, in turn. The packages have to be built. */
export async function runModuleStart(rounds: number, server: BenchServer): Promise<ModuleStartResult> {
  const usual = await server.onNewDatabase(async (databaseUrl) => {
    // The first start creates the tables, and fills the caches of the system.
    await start(databaseUrl, 'with');
    return startInTurn(rounds, databaseUrl);
  });
  const first: StartTimes[] = [];
  for (let round = 0; round < rounds; round++)
    first.push(await server.onNewDatabase((databaseUrl) => startInTurn(1, databaseUrl)));
  return {
    ...usual,
    first: {
      withoutMs: first.flatMap(({ withoutMs }) => withoutMs),
      withMs: first.flatMap(({ withMs }) => withMs),
    },
  };
}

async function startInTurn(rounds: number, databaseUrl: string): Promise<StartTimes> {
  // The server prepares a new database for its first session, whatever the session does.
  await start(databaseUrl, 'without');
  const withMs: number[] = [];
  const withoutMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    withoutMs.push(await start(databaseUrl, 'without'));
    withMs.push(await start(databaseUrl, 'with'));
  }
  return { withoutMs, withMs };
}

async function start(databaseUrl: string, variant: 'with' | 'without'): Promise<number> {
  return Number((await run(process.execPath, [program, databaseUrl, variant])).stdout);
}
