import { scenarios } from '@nest-saga/demo-services';
import { readEvents, type ServerSentEvent } from './support/read-events.js';
import { useOrders } from './support/start-orders.js';

describe('the events of an order', () => {
  const orders = useOrders();

  it('are replayed from the first one to a client that comes late', async () => {
    const { body } = await orders.client.place({ destination: scenarios.outageDestination });

    const events = await readAll(body.sagaId);

    expect(events.map(({ type }) => type)).toEqual([
      'started',
      ...Array.from({ length: 7 }, () => 'step'),
      'failed',
    ]);
  });

  it('reach a client that is cut after every single one once each, in order', async () => {
    const sagaId = await orders.client.placeInBackground({ destination: scenarios.outageDestination });
    const seen: ServerSentEvent[] = [];

    while (seen.at(-1)?.type !== 'failed') {
      for await (const event of watch(sagaId, seen.at(-1)?.id)) {
        if (event.type === 'started') continue;
        seen.push(event);
        break;
      }
    }

    expect(seen).toEqual((await readAll(sagaId)).slice(1));
  });

  it('are followed while the order runs, and by as many as like', async () => {
    const sagaId = await orders.client.placeInBackground({ destination: scenarios.slowDestination });
    await orders.client.untilCalled(sagaId, 'shipping');
    const watchers = [1, 2, 3].map(() => readAll(sagaId));

    await orders.client.cancel(sagaId);

    for (const events of await Promise.all(watchers)) {
      expect(events.at(-1)).toMatchObject({ type: 'failed', data: { failure: { reason: 'cancelled' } } });
    }
  });

  it('of an unknown order are a 404, at which a browser stops asking', async () => {
    expect((await request('00000000-0000-4000-8000-000000000000')).status).toBe(404);
  });

  it.each(['yesterday', '2147483647', '999999999999999'])(
    'are refused with 400 from "%s", a place that no journal has',
    async (lastEventId) => {
      const { body } = await orders.client.place();
      const query = `${orders.client.url}/orders/${body.sagaId}/events?lastEventId=${lastEventId}`;

      expect((await request(body.sagaId, lastEventId)).status).toBe(400);
      expect((await fetch(query)).status).toBe(400);
    },
  );

  function request(sagaId: string, lastEventId?: string): Promise<Response> {
    return fetch(`${orders.client.url}/orders/${sagaId}/events`, {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    });
  }

  async function* watch(sagaId: string, lastEventId?: string): AsyncGenerator<ServerSentEvent> {
    yield* readEvents(await request(sagaId, lastEventId));
  }

  async function readAll(sagaId: string): Promise<readonly ServerSentEvent[]> {
    const events: ServerSentEvent[] = [];
    for await (const event of watch(sagaId)) events.push(event);
    return events;
  }
});
