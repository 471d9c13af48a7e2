import { randomUUID } from 'node:crypto';
import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import pg from 'pg';
import { TcpProxy } from '../src/lab/tcp-proxy.js';
import { until } from '../src/lab/wait.js';

const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
const deadlineMs = 60_000;

describe('the proxy between the workers and the database', () => {
  const name = `proxy_${randomUUID().replaceAll('-', '')}`;
  const clients: pg.Client[] = [];
  let proxy: TcpProxy;
  let direct: pg.Client;
  let url = '';

  beforeAll(async () => {
    url = await createDatabase(serverUrl, name);
    const { hostname, port } = new URL(url);
    proxy = await TcpProxy.open({ host: hostname, port: Number(port) });
    direct = await connect(url);
    await direct.query('CREATE TABLE note (text text PRIMARY KEY)');
  });

  afterEach(() => proxy.heal());

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    await proxy.close();
    await dropDatabase(serverUrl, name);
  });

  async function connect(to: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: to });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  }

  const connectThrough = (): Promise<pg.Client> => connect(proxy.urlOf(url));

  const write = (client: pg.Client, text: string): Promise<unknown> =>
    client.query('INSERT INTO note VALUES ($1)', [text]);

  async function isStored(text: string): Promise<boolean> {
    const { rowCount } = await direct.query('SELECT FROM note WHERE text = $1', [text]);
    return rowCount === 1;
  }

  /** Whether the server has ended every connection that came through the proxy. */
  async function isServerDone(): Promise<boolean> {
    const { rowCount } = await direct.query(
      'SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return rowCount === 0;
  }

  it('lets everything through by default', async () => {
    const client = await connectThrough();
    await write(client, 'passed');
    expect(await isStored('passed')).toBe(true);
  });

  it('cuts a write exactly before its commit: the client gets no answer, and nothing is stored', async () => {
    const client = await connectThrough();
    proxy.behave({ kind: 'cut-before-commit', every: 1 });
    await expect(write(client, 'cut')).rejects.toThrow(/terminated|ECONNRESET/);
    await until(deadlineMs, 'the end of the server’s side', isServerDone);
    expect(await isStored('cut')).toBe(false);
  });

  it('has let the server do everything but commit by then', async () => {
    const client = await connectThrough();
    await direct.query('CREATE SEQUENCE tried');
    proxy.behave({ kind: 'cut-before-commit', every: 1 });
    const insert = `INSERT INTO note SELECT $1 || nextval('tried')`;
    await expect(client.query(insert, ['cut'])).rejects.toThrow(/terminated|ECONNRESET/);
    await until(deadlineMs, 'the end of the server’s side', isServerDone);
    const { rows } = await direct.query('SELECT is_called FROM tried');
    expect([rows, await isStored('cut1')]).toEqual([[{ is_called: true }], false]);
  });

  it('loses the answer of a write that is committed', async () => {
    const client = await connectThrough();
    proxy.behave({ kind: 'lose-answer', every: 1 });
    await expect(write(client, 'unanswered')).rejects.toThrow(/terminated|ECONNRESET/);
    expect(await isStored('unanswered')).toBe(true);
  });

  it('strikes one of a number of writes', async () => {
    const client = await connectThrough();
    proxy.behave({ kind: 'lose-answer', every: 3 });
    const isAnswered = (text: string): Promise<boolean> =>
      write(client, text).then(
        () => true,
        () => false,
      );
    const answered = [await isAnswered('first'), await isAnswered('second'), await isAnswered('third')];
    expect([answered, await isStored('third')]).toEqual([[true, true, false], true]);
  });

  it('lets requests through and no answers', async () => {
    const client = await connectThrough();
    proxy.behave({ kind: 'requests-only' });
    const answer = settled(write(client, 'heard'));
    await until(deadlineMs, 'the row', () => isStored('heard'));
    expect(answer.isSettled).toBe(false);
    proxy.heal();
    await expect(answer.promise).rejects.toThrow(/terminated|ECONNRESET/);
  });

  it.each(['answers-only', 'drop'] as const)('lets no request through: %s', async (kind) => {
    const client = await connectThrough();
    proxy.behave({ kind });
    const answer = settled(write(client, kind));
    // Bytes that were sent before these would have arrived before them.
    await until(deadlineMs, 'bytes that were kept back', () => proxy.withheld > 0);
    expect([answer.isSettled, await isStored(kind)]).toEqual([false, false]);
    proxy.heal();
    await expect(answer.promise).rejects.toThrow(/terminated|ECONNRESET/);
    await until(deadlineMs, 'the end of the server’s side', isServerDone);
    expect(await isStored(kind)).toBe(false);
  });

  it('delays both ways, and loses nothing', async () => {
    const client = await connectThrough();
    proxy.behave({ kind: 'delay', delayMs: 60 });
    const startedAt = performance.now();
    await write(client, 'late');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
    expect(await isStored('late')).toBe(true);
  });

  it('resets every connection', async () => {
    const client = await connectThrough();
    const reset = new Promise<Error>((resolve) => client.on('error', resolve));
    proxy.resetAll();
    expect(String(await reset)).toMatch(/terminated|ECONNRESET/);
  });
});

function settled<Result>(promise: Promise<Result>): {
  readonly promise: Promise<Result>;
  isSettled: boolean;
} {
  const watched = { promise, isSettled: false };
  const settle = (): void => {
    watched.isSettled = true;
  };
  promise.then(settle, settle);
  return watched;
}
