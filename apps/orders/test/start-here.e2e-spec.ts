import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocks, repository } from './support/readme.js';
import { makeDatabase } from './support/start-orders.js';
import type { TestDatabase } from './support/start-orders.js';
import { StarterApplication } from './support/starter-application.js';
import { until } from './support/until.js';

const run = promisify(execFile);
const page = readFileSync(join(repository, 'docs/start-here.md'), 'utf8');
const blocks = codeBlocks(page);
const files = blocks.filter(({ language }) => language === 'ts');
const commands = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);

/** The command of the page that contains this text, at the port of the application. */
function command(part: string, port: number): string {
  const found = commands.find((code) => code.includes(part));
  if (found === undefined) throw new Error(`The page has no command with ${part}`);
  return found.replaceAll('3000', String(port));
}

// The packages as they would be published.
beforeAll(async () => {
  await run('npm', ['run', 'build:packages'], { cwd: repository, env: { ...process.env, NODE_OPTIONS: '' } });
});

describe.each(['esm', 'cjs'] as const)('the page to start with, in a new application (%s)', (type) => {
  let application: StarterApplication;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await makeDatabase();
    application = await StarterApplication.create(type);
  });
  afterAll(async () => {
    await application.remove();
    await database.drop();
  });

  it('ends with a saga that survives a kill, with one payment, and one that is undone', async () => {
    expect(files.map(({ file }) => file)).toEqual([
      'bank.ts',
      'order.saga.ts',
      'orders.controller.ts',
      'app.module.ts',
    ]);
    for (const { file = '', code } of files) await application.write(`src/${file}`, code);
    await application.build();
    const environment = { DATABASE_URL: database.url };
    const port = await application.start(environment);
    const [order = ''] = command('"item":"book"', port).split('\n');
    const { sagaId } = JSON.parse(await shell(order)) as { sagaId: string };
    await until('a payment', async () => (await application.list('.')).includes('payments'));
    await application.kill();
    expect(await application.list('payments')).toHaveLength(1);

    const again = await application.start(environment);
    const show = command('/orders/018f', again)
      .replace(/018f[-\w]+/, sagaId)
      .trim();
    const shown: unknown[] = [];
    await until('the end of the order, by the new process', async () => {
      shown.push(JSON.parse(await shell(show)));
      return (shown.at(-1) as { status: string }).status === 'completed';
    });
    expect(shown[0]).toEqual({ status: 'running', step: 'charge' });
    expect(await application.list('payments')).toHaveLength(1);

    const [piano = ''] = command('"item":"piano"', again).split('\n');
    const undone = JSON.parse(await shell(piano)) as { sagaId: string };
    await until('the undo of the piano', async () => {
      const { status } = JSON.parse(await shell(show.replace(sagaId, undone.sagaId))) as { status: string };
      return status === 'failed';
    });
    expect(await application.list('payments')).toHaveLength(1);
  });
});

async function shell(line: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', line]);
  return stdout;
}
