import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import type { JournalEntry, NewSaga, SagaHeader } from '@nest-saga/core';
import { InstalledProject } from '../../nestjs/test/cli/installed-project.js';
import type { FinishedProcess } from '../../nestjs/test/cli/installed-project.js';
import type { TypeOrmSagaStorage } from '../src/typeorm-saga-storage.js';
import { newSaga } from './sample-saga.js';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

const app = ['--app', 'dist/app.module.js', '--export', 'AppModule'];
const otherBuild = ['--app', 'dist/app.module.js', '--export', 'OtherModule'];

/** A worker of the application in a process of its own. */
class LiveWorker {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;

  constructor(directory: string) {
    this.child = spawn(process.execPath, ['dist/worker.js'], { cwd: directory, stdio: 'pipe' });
    this.child.stderr.resume();
    const reader: Interface = createInterface({ input: this.child.stdout });
    this.lines = reader[Symbol.asyncIterator]();
  }

  async ready(): Promise<this> {
    await this.nextLine();
    return this;
  }

  async start(saga: string, item: string): Promise<string> {
    this.child.stdin.write(`${saga} ${item}\n`);
    return this.nextLine();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => {
      this.child.on('close', resolve);
    });
    this.child.stdin.end();
    await closed;
  }

  private async nextLine(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error('the worker ended');
    return value;
  }
}

describe('the commands of nest-saga on PostgreSQL', () => {
  let database: TestDatabase;
  let storage: TypeOrmSagaStorage;
  let project: InstalledProject;

  beforeAll(async () => {
    database = await createTestDatabase();
    storage = await database.openStorage({ hints: false });
    project = await InstalledProject.create(['core', 'nestjs', 'typeorm']);
    await project.compile(join(import.meta.dirname, 'commanded'), 'dist', 'module');
    await writeFile(
      join(project.directory, 'dist/database.js'),
      `export const url = ${JSON.stringify(database.url)};`,
    );
  });
  afterAll(async () => {
    await project.remove();
    await database.close();
  });

  const nestSaga = (...line: readonly string[]): Promise<FinishedProcess> => project.nestSaga(...line);
  const onDatabase = (...line: readonly string[]): Promise<FinishedProcess> =>
    nestSaga(...line, '--url', database.url);
  const header = async (sagaId: string): Promise<SagaHeader> => {
    const loaded = await storage.load(sagaId);
    if (loaded === undefined) throw new Error(`${sagaId} is not stored`);
    return loaded.header;
  };
  const journal = async (sagaId: string): Promise<readonly JournalEntry[]> =>
    (await storage.load(sagaId))?.entries ?? [];
  const kinds = async (sagaId: string): Promise<readonly string[]> =>
    (await journal(sagaId)).map(({ kind }) => kind);
  const untilStatus = (sagaId: string, status: string): Promise<void> =>
    until(`${sagaId} is ${status}`, async () => (await header(sagaId)).status === status);
  const queued = async (given: Partial<NewSaga> = {}): Promise<string> => {
    const saga = newSaga({ saga: 'quick', context: '{"item":"book"}', ...given });
    expect(await storage.start(saga)).toEqual({ kind: 'started' });
    return saga.sagaId;
  };

  describe('beside a live worker', () => {
    let worker: LiveWorker;
    beforeAll(async () => {
      worker = await new LiveWorker(project.directory).ready();
    });
    afterAll(() => worker.stop());

    it('signal a saga once, however often the command is repeated, and the worker continues it', async () => {
      const sagaId = await worker.start('order', 'signalled');
      const line = ['signal', sagaId, 'paid', ...app, '--payload', '{"amount":7}', '--dedupe-id', 'P-1'];
      expect(await nestSaga(...line)).toMatchObject({ code: 0, output: `signal: ${sagaId} is recorded.\n` });
      expect(await nestSaga(...line)).toMatchObject({ code: expect.any(Number) });
      await untilStatus(sagaId, 'completed');
      expect((await kinds(sagaId)).filter((kind) => kind === 'signal-received')).toHaveLength(1);
      expect(await journal(sagaId)).toContainEqual(
        expect.objectContaining({ kind: 'signal-received', actor: userInfo().username, dedupeId: 'P-1' }),
      );
    });

    it('cancel a saga once: the worker undoes it, and the journal says who and why', async () => {
      const sagaId = await worker.start('order', 'cancelled');
      const line = ['cancel', sagaId, ...app, '--note', 'the customer called', '--actor', 'ada', '--json'];
      const first = await nestSaga(...line);
      expect(first).toMatchObject({ code: 0, errors: '' });
      expect(JSON.parse(first.output)).toEqual({ verb: 'cancel', sagaId });
      await untilStatus(sagaId, 'failed');
      const second = await nestSaga(...line);
      expect(second).toMatchObject({ code: 1, output: '' });
      expect(JSON.parse(second.errors)).toMatchObject({ code: 'SAGA_STATUS_REFUSED' });
      const requests = (await journal(sagaId)).filter(({ kind }) => kind === 'cancel-requested');
      expect(requests).toEqual([expect.objectContaining({ reason: 'the customer called', actor: 'ada' })]);
    });

    it('retry a stuck saga once of two times that a person who saw the same entry asks', async () => {
      const sagaId = await worker.start('quick', 'stuck');
      await untilStatus(sagaId, 'stuck');
      const seen = String((await journal(sagaId)).length);
      const line = ['retry', sagaId, ...app, '--note', 'the service is up', '--seen', seen];
      expect(await nestSaga(...line)).toMatchObject({ code: 0 });
      await until('it is stuck again', async () => {
        const all = await kinds(sagaId);
        return all.includes('retry-requested') && (await header(sagaId)).status === 'stuck';
      });
      expect(await nestSaga(...line)).toMatchObject({ code: 0 });
      expect((await kinds(sagaId)).filter((kind) => kind === 'retry-requested')).toHaveLength(1);
    });

    it('resolve a step of a stuck saga, which then ends', async () => {
      const sagaId = await worker.start('quick', 'stuck');
      await untilStatus(sagaId, 'stuck');
      const line = ['resolve', sagaId, 'reserve', ...app, '--note', 'freed by hand', '--actor', 'ada'];
      expect(await nestSaga(...line)).toMatchObject({ code: 0 });
      await untilStatus(sagaId, 'failed');
      expect(await nestSaga(...line)).toMatchObject({ code: 1, errors: expect.stringContaining('failed') });
      expect(await journal(sagaId)).toContainEqual(
        expect.objectContaining({ kind: 'step-resolved', note: 'freed by hand', actor: 'ada' }),
      );
    });
  });

  describe('without a worker', () => {
    it('run no saga: queued sagas stay as they are, and requests are only recorded', async () => {
      const waiting = await queued();
      const cancelled = await queued();
      const outputs = [
        await nestSaga('list', ...app, '--status', 'pending'),
        await nestSaga('show', waiting, ...app),
        await nestSaga('cancel', cancelled, ...app, '--note', 'no longer wanted'),
        await nestSaga('check', ...app),
        await nestSaga('export', ...app, '--status', 'pending'),
      ];
      expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
      expect(outputs.map(({ errors }) => errors).join('')).toBe('');
      expect(await kinds(waiting)).toEqual([]);
      expect(await kinds(cancelled)).toEqual(['cancel-requested']);
      expect(await database.query('SELECT FROM saga.saga_worker')).toEqual([]);
    });

    it('list what the filters find, as a table and as JSON, with the application or the database alone', async () => {
      const sagaId = await queued({ tags: ['customer:42'], key: 'cart-1' });
      for (const where of [app, ['--url', database.url]]) {
        const table = await nestSaga('list', '--tag', 'customer:42', ...where);
        expect(table).toMatchObject({ code: 0, errors: '' });
        expect(table.output).toMatch(new RegExp(`^id .*\n${sagaId}  quick v1 +pending `));
        const json = await nestSaga('list', '--key-prefix', 'cart', '--json', ...where);
        expect(JSON.parse(json.output)).toMatchObject({ sagas: [{ sagaId, tags: ['customer:42'] }] });
      }
      const page = await onDatabase('list', '--limit', '1');
      expect(page.errors).toMatch(/^There are more: --cursor \S+\n$/);
    });

    it('show a saga with its journal', async () => {
      const sagaId = await queued({ tags: ['customer:7'] });
      const shown = await nestSaga('show', sagaId, ...app);
      expect(shown.output).toMatch(/^status: pending$/m);
      expect(shown.output).toMatch(/^tags: customer:7$/m);
      expect(shown.output).toMatch(/^next: act reserve$/m);
      const json = await onDatabase('show', sagaId, '--json');
      expect(JSON.parse(json.output)).toMatchObject({
        execution: { sagaId, status: 'pending', context: { item: 'book' } },
        journal: [],
        findings: [{ kind: 'not-registered' }],
      });
    });

    it('export one line of JSON for each saga with its journal', async () => {
      const ids = [await queued({ saga: 'exported' }), await queued({ saga: 'exported' })];
      const { code, output } = await onDatabase('export', '--saga', 'exported');
      expect(code).toBe(0);
      const lines = output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { header: SagaHeader });
      expect(lines.map((one) => one.header.sagaId)).toEqual(ids);
    });

    it('purge sagas that ended only with --yes, and count them with --dry-run', async () => {
      const sagaId = await queued({ saga: 'old' });
      await database.query(
        `UPDATE saga.saga_execution SET status = 'completed', created_at = '2020-01-01', updated_at = '2020-01-02' WHERE id = $1`,
        [sagaId],
      );
      const line = ['purge', '--ended-before', '2021-01-01', '--status', 'completed'];
      expect(await onDatabase(...line)).toMatchObject({
        code: 2,
        errors: expect.stringContaining('pass --yes'),
      });
      const counted = await onDatabase(...line, '--dry-run');
      expect(counted).toMatchObject({ code: 0, output: '1 sagas would be deleted.\n' });
      const json = await nestSaga(...line, ...app, '--dry-run', '--json');
      expect(JSON.parse(json.output)).toEqual({ purged: 1, dryRun: true });
      expect(await onDatabase(...line, '--yes')).toMatchObject({ code: 0, output: '1 sagas are deleted.\n' });
      expect(await onDatabase(...line, '--yes')).toMatchObject({ code: 0, output: '0 sagas are deleted.\n' });
      expect(await storage.load(sagaId)).toBeUndefined();
    });

    it('check a build: the exit code is 1 and each saga is named that it cannot continue', async () => {
      const sagaId = await queued({ saga: 'order', version: 7 });
      const right = await nestSaga('check', ...app, '--json');
      expect(right.code).toBe(1);
      const lines = right.output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(lines).toContainEqual(
        expect.objectContaining({ sagaId, findings: [expect.objectContaining({ kind: 'not-registered' })] }),
      );
      expect(lines.at(-1)).toMatchObject({ checked: expect.any(Number), withFindings: expect.any(Number) });
      const other = await nestSaga('check', ...otherBuild);
      expect(other.code).toBe(1);
      expect(other.output).toMatch(new RegExp(`^${sagaId}  order v7  pending  not-registered: `, 'm'));
    });

    it('check a database in which they may only read', async () => {
      const { role, url } = await database.createRole('');
      await database.query(`GRANT USAGE ON SCHEMA saga TO ${role}`);
      await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA saga TO ${role}`);
      const compiled = join(project.directory, 'dist/database.js');
      await writeFile(compiled, `export const url = ${JSON.stringify(url)};`);
      const checked = await nestSaga('check', ...otherBuild);
      await writeFile(compiled, `export const url = ${JSON.stringify(database.url)};`);
      expect(checked).toMatchObject({ code: 1, errors: '' });
      expect(checked.output).toMatch(/sagas checked, \d+ with findings\.\n$/);
    });
  });

  describe('refuse', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';

    it.each<[string, readonly string[], string]>([
      ['a verb without its saga', ['show', ...app], 'The id is missing.'],
      ['a word too many', ['show', id, 'please', ...app], '"please" is one word too many.'],
      [
        'an option of another verb',
        ['retry', id, ...app, '--payload', '{}'],
        '--payload is not an option of "retry".',
      ],
      ['an option that does not exist', ['list', '--colour'], "Unknown option '--colour'"],
      ['a cancel without its reason', ['cancel', id, ...app], '--note is missing.'],
      [
        'a decision without the application',
        ['retry', id, '--url', 'postgres://x'],
        '--url is not an option of "retry".',
      ],
      ['a decision on nothing', ['retry', id], 'Say which application'],
      ['a list of nothing', ['list'], 'Say where the sagas are'],
      ['both places', ['list', ...app, '--url', 'postgres://x'], 'Pass either --app, or --url'],
      [
        'a payload that is not JSON',
        ['signal', id, 'paid', ...app, '--payload', '{'],
        '--payload is not JSON',
      ],
      [
        'another outcome',
        ['resolve', id, 'a', ...app, '--note', 'n', '--outcome', 'maybe'],
        '--outcome is done or not-done',
      ],
      [
        'a number that is none',
        ['retry', id, ...app, '--seen', 'all'],
        '--seen "all" is not the number of an entry.',
      ],
    ])('%s, with the usage and the exit code 2', async (_what, line, message) => {
      const { code, output, errors } = await nestSaga(...line);
      expect({ code, output }).toEqual({ code: 2, output: '' });
      expect(errors).toContain(message);
      expect(errors).toContain('Usage: nest-saga');
    });

    it.each<[string, readonly string[], string]>([
      ['a saga that does not exist', ['show', id, ...app], 'SagaNotFoundError'],
      ['an id that is none', ['cancel', 'order-1', ...app, '--note', 'n'], 'InvalidArgumentError'],
      ['a filter that is none', ['list', ...app, '--status', 'happy'], 'InvalidArgumentError'],
      ['a file that does not exist', ['check', '--app', 'dist/none.js'], 'There is no file'],
      ['a server that does not answer', ['list', '--url', 'postgres://127.0.0.1:1/none'], 'ECONNREFUSED'],
    ])('%s, with the exit code 1', async (_what, line, message) => {
      const { code, output, errors } = await nestSaga(...line);
      expect({ code, output }).toEqual({ code: 1, output: '' });
      expect(errors).toContain(message);
    });

    it('a signal that the saga does not have, and names those that it has', async () => {
      const sagaId = await queued({ saga: 'order' });
      const { code, errors } = await nestSaga('signal', sagaId, 'payed', ...app);
      expect(code).toBe(1);
      expect(errors).toContain('the signal "paid"');
    });
  });

  it.each(['list', 'show', 'retry', 'resolve', 'cancel', 'signal', 'export', 'purge', 'check'])(
    'explain "%s" with --help, without loading anything',
    async (verb) => {
      const { code, output } = await nestSaga(verb, '--help');
      expect(code).toBe(0);
      expect(output).toContain(`Usage: nest-saga ${verb}`);
      expect((await nestSaga('--help')).output).toContain(`\n  ${verb}`);
    },
  );
});
