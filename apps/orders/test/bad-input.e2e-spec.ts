import { validateHeaderValue } from 'node:http';
import { scenarios } from '@nest-saga/demo-services';
import fc from 'fast-check';
import pg from 'pg';
import { badRequests, pollutingOrders } from './support/bad-requests.js';
import { goodOrder } from './support/orders-client.js';
import { sendRaw, type RawAnswer, type RawRequest } from './support/raw-request.js';
import { startProgram, type RunningProgram } from './support/server-process.js';
import { makeDatabase, type TestDatabase } from './support/start-orders.js';

const runs = Number(process.env['BAD_INPUT_RUNS'] ?? '100');
const json = { 'content-type': 'application/json' };

/** What a header may be made of on the wire. */
const headerValues = fc
  .string({ unit: 'binary', maxLength: 300 })
  .map((text) => Buffer.from(text).toString('latin1'))
  .filter((text) => {
    try {
      validateHeaderValue('x', text);
      return true;
    } catch {
      return false;
    }
  });

describe('bad input over HTTP', () => {
  let database: TestDatabase;
  let server: RunningProgram;
  let connection: pg.Client;
  let running: string;
  let ended: string;

  beforeAll(async () => {
    database = await makeDatabase();
    server = await startProgram('server.ts', {
      DATABASE_URL: database.url,
      PORT: '0',
      SLOW_SHIPMENT_MS: '600000',
      DEMO: 'on',
    });
    connection = new pg.Client({ connectionString: database.url });
    await connection.connect();
    const { client } = server;
    running = await client.placeInBackground({ destination: scenarios.slowDestination });
    await client.untilCalled(running, 'shipping');
    ended = (await client.place()).body.sagaId;
  });

  afterAll(async () => {
    await connection.end();
    await server.end('SIGTERM');
    await database.drop();
  });

  it.each(Object.keys(badRequests('')))(
    'is refused by %s with an error of the client, and changes nothing that is stored',
    async (route) => {
      const before = await stored();
      const taken: string[] = [];
      for (const [label, request] of badRequests(running)[route] ?? []) {
        const answer = await send(request);
        if (!isRefusal(answer)) taken.push(`${label}: ${answer.status} ${answer.text.slice(0, 200)}`);
      }
      expect(taken).toEqual([]);
      expect(await stored()).toEqual(before);
    },
    60_000,
  );

  it.each(['/orders', '/orders/stream', 'cancel'])(
    'is refused by POST %s whatever JSON the body is, and stores nothing',
    async (route) => {
      const path = route === 'cancel' ? `/orders/${ended}/cancel` : route;
      const before = await stored();
      await holds(fc.jsonValue(), async (value) =>
        isRefusal(await send({ method: 'POST', path, body: JSON.stringify(value), headers: json })),
      );
      expect(await stored()).toEqual(before);
    },
    60_000,
  );

  it.each(pollutingOrders)(
    'as the prototype of an order is gone before it is stored: %s',
    async (_name, body) => {
      const answer = await send({ method: 'POST', path: '/orders', body, headers: json });

      expect(answer.status).toBe(201);
      const { sagaId } = JSON.parse(answer.text) as { readonly sagaId: string };
      const { rows } = await connection.query<{ context: string }>(
        'SELECT context::text FROM saga.saga_execution WHERE id = $1',
        [sagaId],
      );
      expect(JSON.parse(rows[0]?.context ?? '')).toEqual(goodOrder);
    },
  );

  it.each(['idempotency-key', 'prefer'])(
    'in the header %s is refused and stores nothing, or the order is placed as a whole',
    async (header) => {
      const request = { method: 'POST', path: '/orders', body: JSON.stringify(goodOrder) } as const;
      await holds(headerValues, async (value) => {
        const before = await stored();
        const answer = await send({ ...request, headers: { ...json, [header]: value } });
        if (isRefusal(answer)) return before.sagas === (await stored()).sagas;
        const { sagaId } = JSON.parse(answer.text) as { readonly sagaId: string };
        await server.client.untilStatus(sagaId, 'completed');
        return answer.status === 201 || answer.status === 202;
      });
    },
    60_000,
  );

  it('in the header last-event-id is refused, or the stream continues from there', async () => {
    const before = await stored();
    await holds(headerValues, async (value) => {
      const headers = { 'last-event-id': value };
      const answer = await send({ method: 'GET', path: `/orders/${ended}/events`, headers });
      return isRefusal(answer) || answer.status === 200;
    });
    expect(await stored()).toEqual(before);
  });

  it('leaves the same process running, and an order that was placed before continues and can be cancelled', async () => {
    const { body } = await server.client.send('GET', '/demo');
    expect(body).toEqual({ server: server.pid });
    expect((await server.client.find(running)).body.status).toBe('running');

    expect((await server.client.cancel(running)).status).toBe(202);
    const { history } = await server.client.untilStatus(running, 'failed');
    expect(history.filter(({ kind }) => kind === 'compensation-completed')).toHaveLength(3);
    expect((await server.client.place()).status).toBe(201);
  });

  function send(request: RawRequest): Promise<RawAnswer> {
    return sendRaw(server.client.url, request);
  }

  /** The size of all stored orders. An order that waits writes nothing meanwhile. */
  async function stored(): Promise<{ readonly sagas: string; readonly entries: string }> {
    const { rows } = await connection.query<{ sagas: string; entries: string }>(
      'SELECT (SELECT count(*) FROM saga.saga_execution) AS sagas, (SELECT count(*) FROM saga.saga_log) AS entries',
    );
    return rows[0] ?? { sagas: '', entries: '' };
  }
});

/** An error of the client, that says what is wrong and nothing of what is inside. */
function isRefusal({ status, text }: RawAnswer): boolean {
  return status >= 400 && status < 500 && !/\n\s+at |node_modules/.test(text);
}

async function holds<Value>(
  values: fc.Arbitrary<Value>,
  predicate: (value: Value) => Promise<boolean>,
): Promise<void> {
  const { counterexample, errorInstance, seed } = await fc.check(fc.asyncProperty(values, predicate), {
    numRuns: runs,
  });
  expect({ counterexample, errorInstance, seed }).toEqual({
    counterexample: null,
    errorInstance: null,
    seed,
  });
}
