import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchServer } from '../server/bench-server.js';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./start-application.mjs', import.meta.url));

/** How long an application takes from the start of its process until it is ready, in milliseconds. */
export interface ModuleStartResult {
  /** With TypeORM on PostgreSQL, and no sagas. */
  readonly withoutMs: readonly number[];
  /** The same with `SagaModule` and a saga. */
  readonly withMs: readonly number[];
}

/** Starts the same application with and without `SagaModule`, in turn. The packages have to be built. */
export async function runModuleStart(rounds: number, server: BenchServer): Promise<ModuleStartResult> {
  return await server.onNewDatabase(async (databaseUrl) => {
    const start = async (variant: 'with' | 'without') =>
      Number((await run(process.execPath, [program, databaseUrl, variant])).stdout);
    // The first one makes the tables, and fills the caches of the system.
    await start('with');
    await start('without');
    const withMs: number[] = [];
    const withoutMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      withoutMs.push(await start('without'));
      withMs.push(await start('with'));
    }
    return { withoutMs, withMs };
  });
}
