import { scenarios } from '@nest-saga/demo-services';
import { readAll, summarize, undoneAfterOutage, type ServerSentEvent } from './support/read-events.js';
import { useOrders } from './support/start-orders.js';

describe('the stream of an order', () => {
  const orders = useOrders();

  it('sends each step in order, with the place in the journal as its id, and ends with "completed"', async () => {
    const events = await readAll(orders.client.stream());

    expect(events.map(summarize)).toEqual([
      'started',
      'reserve-inventory act completed',
      'charge-payment act completed',
      'ship-order act completed',
      'completed',
    ]);
    expect(events[0]).toMatchObject({ id: '0', data: { saga: 'order', version: 1, total: 3 } });
    const ids = events.slice(1, 4).map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(3);
  });

  it('sends the failure, its second attempt and the undo in reverse, and ends with "failed"', async () => {
    const events = await readAll(orders.client.stream({ destination: scenarios.outageDestination }));

    expect(events.map(summarize)).toEqual(['started', ...undoneAfterOutage]);
    expect(events.at(-1)?.data.failure).toMatchObject({ step: 'ship-order', code: 'SHIPPING_OUTAGE' });
  });

  it('may be left after its first event: the order continues', async () => {
    const stream = orders.client.stream();
    const first = await stream.next();
    await stream.return(undefined);

    const sagaId = (first.value as ServerSentEvent).data.sagaId ?? '';

    await orders.client.untilStatus(sagaId, 'completed');
    expect(await orders.client.ledger(sagaId)).toHaveLength(3);
  });

  it('never shows the card', async () => {
    const events = await readAll(orders.client.stream({ card: 'card-very-secret' }));

    expect(JSON.stringify(events)).not.toContain('card-very-secret');
  });
});
