import { scenarios } from '@nest-saga/demo-services';
import { startProgram } from './support/server-process.js';
import { makeDatabase, type TestDatabase } from './support/start-orders.js';

describe('a server that is killed with SIGKILL', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await makeDatabase();
  });

  afterEach(() => database.drop());

  it('in the middle of a shipment is followed by one that ends the order, and nothing is done twice', async () => {
    const first = await startProgram('server.ts', environment('600000'));
    const sagaId = await first.client.placeInBackground({ destination: scenarios.slowDestination });
    await first.client.untilCalled(sagaId, 'shipping');
    await first.end('SIGKILL');

    const second = await startProgram('server.ts', environment('50'));
    try {
      await second.client.untilStatus(sagaId, 'completed');

      expect(await second.client.ledger(sagaId)).toMatchObject([
        { service: 'inventory', calls: 1 },
        { service: 'payment', calls: 1 },
        // Asked for a second time with the same key: still one parcel.
        { service: 'shipping', calls: 2 },
      ]);
      const { history } = (await second.client.find(sagaId)).body;
      expect(history.map(({ kind }) => kind)).toContain('claimed');
    } finally {
      await second.end('SIGTERM');
    }
  });

  it('can have its order cancelled at the one that claimed it, which undoes all three steps', async () => {
    const first = await startProgram('server.ts', environment('600000'));
    const sagaId = await first.client.placeInBackground({ destination: scenarios.slowDestination });
    await first.client.untilCalled(sagaId, 'shipping');
    await first.end('SIGKILL');

    const second = await startProgram('server.ts', environment('600000'));
    try {
      await second.client.untilCalled(sagaId, 'shipping', 2);
      await second.client.cancel(sagaId);

      await second.client.untilStatus(sagaId, 'failed');
      expect(await second.client.ledger(sagaId)).toMatchObject([
        { service: 'inventory', undo: { calls: 1 } },
        { service: 'payment', undo: { calls: 1 } },
        { service: 'shipping', undo: { description: 'called back' } },
      ]);
    } finally {
      await second.end('SIGTERM');
    }
  });

  function environment(slowShipmentMs: string): Readonly<Record<string, string>> {
    return { DATABASE_URL: database.url, PORT: '0', SLOW_SHIPMENT_MS: slowShipmentMs };
  }
});
