import { scenarios } from '@nest-saga/demo-services';
import { readEvents, summarize, undoneAfterOutage, type ServerSentEvent } from './support/read-events.js';
import { startProgram, type RunningProgram } from './support/server-process.js';
import { makeDatabase, type TestDatabase } from './support/start-orders.js';

describe('the events of an order on two servers', () => {
  let database: TestDatabase;
  let servers: readonly RunningProgram[];

  beforeEach(async () => {
    database = await makeDatabase();
    const environment = { DATABASE_URL: database.url, PORT: '0', SLOW_SHIPMENT_MS: '1500' };
    servers = await Promise.all([0, 1].map(() => startProgram('server.ts', environment)));
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
    await database.drop();
  });

  it('reach a client that is cut at every event and continues at the other server once each, in order', async () => {
    const sagaId = await server(0).client.placeInBackground({ destination: scenarios.slowDestination });
    const seen = await followWithCuts(sagaId, [server(1), server(0)]);
    expect(seen.map(summarize)).toEqual([
      'reserve-inventory act completed',
      'charge-payment act completed',
      'ship-order act completed',
      'completed',
    ]);
  });

  it('show such a client an undo, too, if the shipment fails', async () => {
    const sagaId = await server(0).client.placeInBackground({ destination: scenarios.outageDestination });
    const seen = await followWithCuts(sagaId, [server(1), server(0)]);
    expect(seen.map(summarize)).toEqual(undoneAfterOutage);
    expect(seen.at(-1)?.data).toMatchObject({ failure: { step: 'ship-order' } });
  });

  it('show such a client the undo of an order that was cancelled at the server that does not run it', async () => {
    const sagaId = await server(0).client.placeInBackground({ destination: scenarios.slowDestination });
    await server(0).client.untilCalled(sagaId, 'shipping');
    const following = followWithCuts(sagaId, [server(1), server(0)]);
    await server(1).client.cancel(sagaId);
    const seen = await following;
    expect(seen.map(summarize)).toEqual([
      'reserve-inventory act completed',
      'charge-payment act completed',
      'ship-order act failed',
      'ship-order compensate completed',
      'charge-payment compensate completed',
      'reserve-inventory compensate completed',
      'failed',
    ]);
    expect(seen.at(-1)?.data).toMatchObject({ failure: { reason: 'cancelled' } });
  });

  it('go on at the other server once each when the one that runs the order is killed', async () => {
    const sagaId = await server(0).client.placeInBackground({ destination: scenarios.slowDestination });
    await server(0).client.untilCalled(sagaId, 'shipping');
    const before = await followWithCuts(sagaId, [server(0)], 2);
    await server(0).end('SIGKILL');
    const after = await followWithCuts(sagaId, [server(1)], Number.POSITIVE_INFINITY, before.at(-1)?.id);
    expect([...before, ...after].map(summarize)).toEqual([
      'reserve-inventory act completed',
      'charge-payment act completed',
      'ship-order act completed',
      'completed',
    ]);
  });

  function server(index: number): RunningProgram {
    const found = servers[index];
    if (found === undefined) throw new Error(`There is no server ${index}.`);
    return found;
  }
});

/** Follows as a client does that loses each connection after one event, and comes back to the next server. */
async function followWithCuts(
  sagaId: string,
  servers: readonly RunningProgram[],
  limit = Number.POSITIVE_INFINITY,
  resumedFrom?: string,
): Promise<readonly ServerSentEvent[]> {
  const seen: ServerSentEvent[] = [];
  for (let turn = 0; seen.length < limit && !isEnd(seen.at(-1)); turn++) {
    const lastEventId = seen.at(-1)?.id ?? resumedFrom;
    const url = servers[turn % servers.length]?.client.url;
    const response = await fetch(`${url}/orders/${sagaId}/events`, {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    });
    for await (const event of readEvents(response)) {
      if (event.type === 'started') continue;
      seen.push(event);
      break;
    }
  }
  return seen;
}

function isEnd(event: ServerSentEvent | undefined): boolean {
  return event?.type === 'completed' || event?.type === 'failed';
}
