import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@nest-saga/embedded-postgres';
import { scenarios } from '@nest-saga/demo-services';
import pg from 'pg';
import { createOrdersApplication } from '../src/orders.application.js';
import { readSettings } from '../src/orders-settings.js';
import { OrdersClient } from './support/orders-client.js';
import { useOrders } from './support/start-orders.js';
import { until } from './support/until.js';

interface Health {
  readonly httpStatus: number;
  readonly status: string;
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

async function readHealth({ url }: OrdersClient): Promise<Health> {
  const response = await fetch(`${url}/health`);
  const body = (await response.json()) as Omit<Health, 'httpStatus'>;
  return { ...body, httpStatus: response.status };
}

/** Waits until the sagas are as unwell as that. */
async function untilProblem(client: OrdersClient, problem: string): Promise<Health> {
  return until(`the sagas have the problem "${problem}"`, async () => {
    const health = await readHealth(client);
    return JSON.stringify(health.details['sagas']?.['problems'] ?? []).includes(problem) && health;
  });
}

describe('the health of the server', () => {
  const orders = useOrders({ leaseDurationMs: 3_000 });

  it('is fine, and shows counts and ages', async () => {
    const { sagaId } = (await orders.client.place()).body;
    const health = await readHealth(orders.client);
    expect(health).toMatchObject({
      httpStatus: 200,
      status: 'ok',
      details: {
        database: { status: 'up' },
        sagas: { status: 'up', pending: 0, running: 0, stuck: 0, unregistered: 0, oldestOpenAgeMs: null },
      },
    });
    expect(JSON.stringify(health)).not.toContain(sagaId);
  });

  it('is degraded, with HTTP status 200, if an order is stuck', async () => {
    const stuck = await orders.client.place({
      card: scenarios.noRefundCard,
      destination: scenarios.outageDestination,
    });
    expect(stuck.body.status).toBe('stuck');
    expect(await readHealth(orders.client)).toMatchObject({
      httpStatus: 200,
      status: 'degraded',
      details: { sagas: { status: 'degraded', stuck: 1 } },
    });
  });

  it('is down while the heartbeat fails, and fine again afterwards', async () => {
    const database = new pg.Client({ connectionString: orders.databaseUrl });
    await database.connect();
    try {
      await database.query('ALTER TABLE saga.saga_worker RENAME TO away');
      expect(await untilProblem(orders.client, 'heartbeat')).toMatchObject({
        httpStatus: 503,
        status: 'error',
        details: { database: { status: 'up' }, sagas: { status: 'down' } },
      });
      await untilProblem(orders.client, 'lease');
      await untilProblem(orders.client, 'sweep');
      await database.query('ALTER TABLE saga.away RENAME TO saga_worker');
      await until(
        'the server is well again',
        async () => (await readHealth(orders.client)).httpStatus === 200,
      );
    } finally {
      await database.end();
    }
  });

  it('is down where the schema is behind', async () => {
    const database = new pg.Client({ connectionString: orders.databaseUrl });
    await database.connect();
    try {
      await database.query('DELETE FROM saga.saga_migration');
      expect(await untilProblem(orders.client, 'SAGA_SCHEMA_MISMATCH')).toMatchObject({ httpStatus: 503 });
    } finally {
      await database.end();
    }
  });
});

describe('the health of a server whose database is stopped', () => {
  let dataDirectory: string;
  let postgres: EmbeddedPostgres;
  let application: INestApplication;
  let client: OrdersClient;

  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'nest-saga-health-'));
    postgres = await startEmbeddedPostgres({ dataDirectory });
    const settings = readSettings({ PORT: '0' }, postgres.url);
    application = await createOrdersApplication(settings, { logger: false });
    await application.listen(0, settings.host);
    const { port } = (application.getHttpServer() as Server).address() as AddressInfo;
    client = new OrdersClient(`http://${settings.host}:${port}`);
  });

  afterAll(async () => {
    await application.close();
    await postgres.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  it('is down, and fine again when the database is back', async () => {
    const { port } = postgres;
    expect(await readHealth(client)).toMatchObject({ httpStatus: 200 });
    await postgres.stop();

    expect(await readHealth(client)).toMatchObject({
      httpStatus: 503,
      details: { database: { status: 'down' }, sagas: { status: 'down' } },
    });

    postgres = await startEmbeddedPostgres({ dataDirectory, port });
    await until('the server is well again', async () => (await readHealth(client)).httpStatus === 200);
  });
});
