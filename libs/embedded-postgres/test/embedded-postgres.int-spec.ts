import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';

describe('startEmbeddedPostgres', () => {
  it('answers queries, and leaves neither a process nor data behind when stopped', async () => {
    const postgres = await startEmbeddedPostgres();
    const { pid, dataDirectory } = postgres;
    try {
      expect(await firstValue(postgres.url, 'SELECT 6 * 7')).toBe(42);
      expect(await firstValue(postgres.url, 'SHOW fsync')).toBe('on');
    } finally {
      await postgres.stop();
      await postgres.stop();
    }
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(dataDirectory)).toBe(false);
    expect(() => postgres.pid).toThrow('not running');
  });

  it('keeps committed rows over a fast and an immediate restart, on the same url', async () => {
    const postgres = await startEmbeddedPostgres({ settings: { application_name: 'restarted', jit: false } });
    try {
      const url = await postgres.createDatabase('kept');
      await firstValue(url, 'CREATE TABLE kept AS SELECT 1 AS value');
      const pids = new Set([postgres.pid]);
      for (const mode of ['fast', 'immediate'] as const) {
        await postgres.restart(mode);
        pids.add(postgres.pid);
        expect(await firstValue(url, 'SELECT value FROM kept')).toBe(1);
      }
      expect(pids.size).toBe(3);
      expect(await firstValue(url, 'SHOW jit')).toBe('off');
    } finally {
      await postgres.stop();
    }
  });

  it('keeps the data of a persistent directory for the next start, and copies databases from a template', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'nest-saga-persistent-'));
    try {
      const first = await startEmbeddedPostgres({ dataDirectory });
      await firstValue(await first.createDatabase('original'), 'CREATE TABLE item AS SELECT 7 AS value');
      await first.stop();

      const second = await startEmbeddedPostgres({ dataDirectory, port: first.port });
      try {
        const copy = await second.createDatabase('copy', { template: 'original' });
        expect(await firstValue(copy, 'SELECT value FROM item')).toBe(7);
        await second.dropDatabase('copy');
        await expect(firstValue(copy, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
      } finally {
        await second.stop();
      }
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  });

  it('ends the server, and removes its data, when its owner is killed without a chance to stop it', async () => {
    const owner = spawn(
      process.execPath,
      [
        ...[
          '--conditions=@nest-saga/source',
          '--import',
          '@nest-saga/typescript-loader',
          '--input-type=module',
          '--eval',
        ],
        `import { startEmbeddedPostgres } from '@nest-saga/embedded-postgres';
         const { pid, dataDirectory } = await startEmbeddedPostgres();
         console.log(JSON.stringify({ pid, dataDirectory }));`,
      ],
      { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
    const server = JSON.parse(line) as { pid: number; dataDirectory: string };
    expect(isRunning(server.pid)).toBe(true);

    owner.kill('SIGKILL');

    await until(() => !isRunning(server.pid) && !existsSync(server.dataDirectory));
  });

  it('runs the server in a process group of its own, out of reach of a Ctrl-C that is meant for its owner', async () => {
    const postgres = await startEmbeddedPostgres();
    try {
      const own = processGroup(process.pid);
      expect(own).toMatch(/^\d+$/);
      expect(processGroup(postgres.pid)).toMatch(/^\d+$/);
      expect(processGroup(postgres.pid)).not.toBe(own);
    } finally {
      await postgres.stop();
    }
  });

  it('says why a server did not start', async () => {
    await expect(startEmbeddedPostgres({ settings: { no_such_setting: 1 } })).rejects.toThrow(
      'no_such_setting',
    );
  });
});

async function firstValue(connectionString: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

function processGroup(pid: number): string | undefined {
  // A slim image has no `ps`, and a system without /proc has one.
  if (!existsSync(`/proc/${pid}/stat`))
    return execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name is in parentheses and may contain any character; the state, the parent and the group follow.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('The condition did not come true within a minute.');
    await delay(20);
  }
}
