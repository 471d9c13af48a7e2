import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createDatabase, dropDatabase } from '@nest-saga/embedded-postgres';
import { createOrdersApplication } from '../../src/orders.application.js';
import { readSettings, type OrdersSettings } from '../../src/orders-settings.js';
import { OrdersClient } from './orders-client.js';

const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';

/** A database of its own on the test server. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Makes an empty database. */
export async function makeDatabase(): Promise<TestDatabase> {
  const name = `orders_${randomUUID()}`;
  const url = await createDatabase(serverUrl, name);
  return { url, drop: () => dropDatabase(serverUrl, name) };
}

/** The orders application in this process, on a database of its own. */
export interface RunningOrders {
  readonly client: OrdersClient;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

/** Starts the application on a free port. */
export async function startOrders(change: Partial<OrdersSettings> = {}): Promise<RunningOrders> {
  const database = await makeDatabase();
  // No process dies here, and on a busy machine a worker could lose a lease as short as the demo's.
  const slow = { slowShipmentMs: 60_000, leaseDurationMs: 60_000 };
  const settings = { ...readSettings({}, database.url), ...slow, ...change };
  const application = await createOrdersApplication(settings, { logger: ['error'] });
  await application.listen(0, settings.host);
  const { port } = application.getHttpServer().address() as AddressInfo;
  return {
    client: new OrdersClient(`http://${settings.host}:${port}`),
    databaseUrl: database.url,
    close: async () => {
      await application.close();
      await database.drop();
    },
  };
}

/** Starts the application before the tests of a `describe`, and closes it after them. */
export function useOrders(change: Partial<OrdersSettings> = {}): Omit<RunningOrders, 'close'> {
  let orders: RunningOrders | undefined;
  const running = () => {
    if (orders === undefined) throw new Error('The orders application has not started.');
    return orders;
  };
  beforeAll(async () => {
    orders = await startOrders(change);
  });
  afterAll(() => orders?.close());
  return {
    get client() {
      return running().client;
    },
    get databaseUrl() {
      return running().databaseUrl;
    },
  };
}
