import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scenarios } from '@nest-saga/demo-services';
import { describeWhere } from './support/describe-where.js';
import { readAll, readEvents, summarize, undoneAfterOutage } from './support/read-events.js';
import { codeBlocks, readReadme, repository } from './support/readme.js';
import type { LedgerLine } from './support/orders-client.js';
import { startProgram, type RunningProgram } from './support/server-process.js';
import { until } from './support/until.js';

const run = promisify(execFile);

// The lines of the README and of the start command call curl, which a machine with Node alone may not have.
const describeWithCurl = describeWhere(
  spawnSync('curl', ['--version']).status === 0,
  'the lines to try are not typed, because there is no curl.',
);

describe('the start command', () => {
  let directory: string;
  let running: RunningProgram | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nest-saga-orders-'));
    // PostgreSQL may run as another OS user, who has to pass through.
    await chmod(directory, 0o755);
  });

  afterEach(async () => {
    await running?.end('SIGTERM');
    running = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  it('brings a killed server back, and the order it was in the middle of ends', async () => {
    running = await start('2000');
    const { client } = running;
    const sagaId = await client.placeInBackground({ destination: scenarios.slowDestination });
    await client.untilCalled(sagaId, 'shipping');

    const { status } = await client.send('POST', '/demo/kill');

    expect(status).toBe(202);
    await until('the server is back', () => client.find(sagaId).then(Boolean, () => false));
    await client.untilStatus(sagaId, 'completed');
    expect((await client.ledger(sagaId)).map(({ calls }) => calls)).toEqual([1, 1, 2]);
    expect(running.output()).toContain('The server died (SIGKILL). Starting it again.');
  });

  describeWithCurl('killed by the three lines of the README', () => {
    it('database and all, ends the order when it is started again', async () => {
      const [placeOrder = '', kill = '', startAgain = ''] = linesOfTheReadme();
      expect(startAgain).toMatch(/^npm start\b/);
      const first = await start('600000');
      const good = await first.client.place();
      const at = (line: string) => line.replaceAll('localhost:3000', new URL(first.client.url).host);

      const { sagaId } = JSON.parse((await run('sh', ['-c', at(placeOrder)])).stdout) as { sagaId: string };
      await first.client.untilCalled(sagaId, 'shipping');
      await run('sh', ['-c', at(kill)]);
      await first.ended;
      running = await start('50');

      await running.client.untilStatus(sagaId, 'completed');
      expect((await running.client.ledger(sagaId)).map(({ calls }) => calls)).toEqual([1, 1, 2]);
      expect((await running.client.find(good.body.sagaId)).body.status).toBe('completed');
    });
  });

  it.each([
    ['start', 'told to end', 'SIGTERM'],
    ['start', 'killed', 'SIGKILL'],
    ['run start:watch', 'killed', 'SIGKILL'],
  ] as const)('ends with its server and its database if npm %s is %s', async (script, _how, signal) => {
    const npm = spawn('npm', script.split(' '), {
      // A process group of its own: whatever is left of it can be found.
      detached: true,
      cwd: repository,
      env: { ...process.env, NODE_OPTIONS: '', ...settings('50') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await until('it listens', async () => output.includes('Nest Saga orders: '));
    const url = /Nest Saga orders: (\S+)/.exec(output)?.[1] ?? '';
    const lockFile = join(directory, 'postgres/postmaster.pid');
    expect(existsSync(lockFile)).toBe(true);

    npm.kill(signal);

    await until('the database has ended', async () => !existsSync(lockFile));
    await expect(fetch(url)).rejects.toThrow();
    await until('its process group has ended', async () => !isAlive(-(npm.pid ?? 0)));
  });

  it('names the remedy, without a stack trace, if its data cannot be used', async () => {
    const data = join(directory, 'postgres');
    await mkdir(data);
    await writeFile(join(data, 'PG_VERSION'), '18\n');
    await chmod(data, 0o777);

    const failure = start('50').then(
      () => 'it started',
      (error: Error) => error.message,
    );

    await expect(failure).resolves.toContain(`Delete ${data}, or set DATA_DIRECTORY`);
    await expect(failure).resolves.not.toContain('    at ');
  });

  it('prints a line to try for each ending', async () => {
    running = await start('50');

    const output = running.output();

    for (const value of Object.values(scenarios)) {
      if (value !== scenarios.noRefundCard) expect(output).toContain(value);
    }
  });

  describeWithCurl('typed as they are printed', () => {
    it('its lines to try end as each of them says, and the ledger shows what was done', async () => {
      const program = (running = await start('50'));
      await until('its lines are printed', async () => program.output().includes('/ledger'));
      const printed = printedLines(program.output());
      const ends: Record<string, readonly string[]> = {};
      for (const [title, line] of printed.slice(0, -1)) ends[title] = await stepsOf(line);

      const [ledgerTitle, ledgerLine] = printed.at(-1) ?? ['', ''];
      const ledger = JSON.parse((await run('sh', ['-c', ledgerLine])).stdout) as LedgerLine[];

      const goesWell = [
        'reserve-inventory act completed',
        'charge-payment act completed',
        'ship-order act completed',
        'completed',
      ];
      expect(ends).toEqual({
        'a good order': goesWell,
        'an unknown item: nothing is done': ['reserve-inventory act failed', 'failed'],
        'a declined card: the reservation is undone': [
          'reserve-inventory act completed',
          'charge-payment act failed',
          'reserve-inventory compensate completed',
          'failed',
        ],
        'the card gateway is down: an invoice instead': [
          'reserve-inventory act completed',
          'charge-payment act failed',
          'send-invoice act completed',
          'ship-order act completed',
          'completed',
        ],
        'a shipping outage: everything is undone': undoneAfterOutage,
        'a slow shipment: ten seconds to watch, cancel or kill': goesWell,
      });
      expect(ledgerTitle).toBe('what the services really did');
      expect(
        ledger.map(({ service, undo }) => (undo === undefined ? service : `${service}, undone`)),
      ).toEqual([
        ...['inventory', 'payment', 'shipping'],
        'inventory, undone',
        ...['inventory', 'invoice', 'shipping'],
        ...['inventory, undone', 'payment, undone'],
        ...['inventory', 'payment', 'shipping'],
      ]);
    });
  });

  async function start(slowShipmentMs: string): Promise<RunningProgram> {
    return startProgram('main.ts', settings(slowShipmentMs));
  }

  function settings(slowShipmentMs: string): Readonly<Record<string, string>> {
    return {
      DATABASE_URL: '',
      DATA_DIRECTORY: join(directory, 'postgres'),
      PORT: '0',
      SLOW_SHIPMENT_MS: slowShipmentMs,
    };
  }
});

/** The lines under "Kill it in the middle of an order", as they are typed. */
function linesOfTheReadme(): readonly string[] {
  const block = codeBlocks(readReadme()).find(({ code }) => code.includes('kill -9'));
  return (block?.code ?? '').trim().split('\n');
}

/** Whether a process, or of a negative id any of its group, is alive. */
function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

/** What the start command printed to try: each line with what is said of it. */
function printedLines(output: string): readonly (readonly [title: string, line: string])[] {
  return [...output.matchAll(/^# (.+)\n(curl .+)$/gm)].map(([, title = '', line = '']) => [title, line]);
}

/** Types a line that streams an order, and answers what it shows. */
async function stepsOf(line: string): Promise<readonly string[]> {
  const { stdout } = await run('sh', ['-c', line]);
  const [first, ...steps] = (await readAll(readEvents(new Response(stdout)))).map(summarize);
  expect(first).toBe('started');
  return steps;
}
