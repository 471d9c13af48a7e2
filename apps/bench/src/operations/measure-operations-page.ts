import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SagaModule } from '@nest-saga/nestjs';
import { SagaOperationsModule } from '@nest-saga/operations';
import { typeOrmSagaStorage } from '@nest-saga/typeorm';
import { queryOnce } from '../server/bench-server.js';
import { seedMixedSagas } from './seed-mixed-sagas.js';

/**
 * Measures each view of the operations page with many sagas in the tables: the time from a request to the end of its answer.
 * It makes a database of its own on the server of `DATABASE_URL`, and drops it.
 *
 * `SAGAS` is the number of sagas, 1,000,000 by default.
 */
const serverUrl = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const sagas = Number(process.env['SAGAS'] ?? 1_000_000);
const requests = 15;

const name = `operations_${randomUUID().replaceAll('-', '')}`;
await queryOnce(serverUrl, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
const databaseUrl = Object.assign(new URL(serverUrl), { pathname: name }).toString();
try {
  await measure();
} finally {
  await queryOnce(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
}

async function measure(): Promise<void> {
  class PageModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl }),
      SagaModule.forRoot({ storage: typeOrmSagaStorage({ schema: 'saga' }), worker: false }),
      SagaOperationsModule.forRoot({ insecure: true }),
    ],
  })(PageModule);
  const application = await NestFactory.create(PageModule, { logger: ['error'] });
  await application.listen(0, '127.0.0.1');
  const { port } = (application.getHttpServer() as Server).address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/ops/sagas/api/`;
  const startedAt = performance.now();
  const { stuckId } = await seedMixedSagas(databaseUrl, sagas);
  console.log(`${sagas} sagas written in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  const deep = await read(`${url}sagas?limit=50&to=2026-06-01`);
  const { nextCursor } = JSON.parse(deep) as { readonly nextCursor: string };
  const views = [
    'overview',
    'sagas',
    'sagas?status=stuck',
    'sagas?status=failed',
    'sagas?status=running',
    'sagas?status=completed&order=oldest',
    'sagas?saga=saga-7',
    'sagas?saga=rare',
    'sagas?saga=saga-7&status=failed',
    'sagas?saga=saga-4&status=failed',
    'sagas?key=key-500000',
    'sagas?from=2026-05-01&to=2026-05-02',
    `sagas?cursor=${nextCursor}`,
    `sagas/${stuckId}`,
    'workers',
  ];
  for (const view of views) await measureView(url, view);
  console.log('with the index (saga_name, created_at, id)');
  await queryOnce(
    databaseUrl,
    'CREATE INDEX saga_execution_name ON saga.saga_execution (saga_name, created_at, id)',
  );
  await queryOnce(databaseUrl, 'ANALYZE saga.saga_execution');
  for (const view of views.filter((one) => one.includes('saga='))) await measureView(url, view);
  await application.close();
}

async function measureView(url: string, view: string): Promise<void> {
  const times: number[] = [];
  for (let request = 0; request < requests; request++) {
    const from = performance.now();
    await read(url + view);
    times.push(performance.now() - from);
  }
  const [first = 0] = times;
  const sorted = times.toSorted((one, other) => one - other);
  const [median = 0, longest = 0] = [sorted[Math.floor(requests / 2)], sorted.at(-1)];
  const shown = view.length > 40 ? `${view.slice(0, 39)}…` : view;
  const rounded = [first, median, longest].map((ms) => `${Math.round(ms)} ms`);
  console.log(`${shown.padEnd(42)} first ${rounded[0]}, median ${rounded[1]}, longest ${rounded[2]}`);
}

async function read(url: string): Promise<string> {
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return text;
}
