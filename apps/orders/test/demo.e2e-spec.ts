import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { startProgram, type RunningProgram } from './support/server-process.js';
import { makeDatabase, type TestDatabase } from './support/start-orders.js';

describe('the way to kill the server of the demo', () => {
  let database: TestDatabase;
  let running: RunningProgram | undefined;

  beforeAll(async () => {
    database = await makeDatabase();
  });

  afterEach(async () => {
    await running?.end('SIGTERM');
    running = undefined;
  });

  afterAll(() => database.drop());

  it.each([
    ['localhost', undefined, 'on'],
    ['127.0.0.1', undefined, 'on'],
    ['0.0.0.0', undefined, 'off'],
    ['0.0.0.0', 'on', 'on'],
    ['127.0.0.1', 'off', 'off'],
  ])(
    'is there by default where only this machine is listened to (HOST=%s, DEMO=%s: %s)',
    async (HOST, DEMO, expected) => {
      running = await startProgram('main.ts', { DATABASE_URL: database.url, PORT: '0', HOST, DEMO });

      const { status } = await fetch(`http://127.0.0.1:${new URL(running.client.url).port}/demo`);

      expect(status).toBe(expected === 'on' ? 200 : 404);
    },
    30_000,
  );

  it('is closed to other sites, whatever the browser says of them', async () => {
    running = await startProgram('server.ts', { DATABASE_URL: database.url, PORT: '0', DEMO: 'on' });
    const { host } = new URL(running.client.url);
    const others = [
      { 'sec-fetch-site': 'cross-site' },
      // A browser that does not say where a request comes from says of whom.
      { origin: 'http://elsewhere.example' },
      { origin: 'null' },
      // A name that its owner has led to this machine: for the browser that is the same site.
      { host: 'elsewhere.example', origin: 'http://elsewhere.example', 'sec-fetch-site': 'same-origin' },
      { host: '127.0.0.1.elsewhere.example' },
      { host: 'no host' },
    ];

    for (const headers of others)
      expect({ headers, status: await kill(headers) }).toEqual({ headers, status: 403 });

    expect((await fetch(`${running.client.url}/demo`)).status).toBe(200);
    expect(await kill({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toBe(202);
    await running.ended;
    running = undefined;
  });

  it('is open to a program on this machine that is not a browser and names no site', async () => {
    running = await startProgram('server.ts', { DATABASE_URL: database.url, PORT: '0', DEMO: 'on' });

    expect(await kill({})).toBe(202);

    await running.ended;
    running = undefined;
  });

  async function kill(headers: Readonly<Record<string, string>>): Promise<number | undefined> {
    const sent = request(`${running?.client.url}/demo/kill`, { method: 'POST', headers, agent: false });
    const answered = once(sent, 'response');
    sent.end();
    const [response] = (await answered) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  }
});
