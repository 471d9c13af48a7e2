import { makeDatabase } from './support/start-orders.js';
import type { TestDatabase } from './support/start-orders.js';
import { DocumentedProgram } from './support/documented-program.js';

const supported = [
  { version: 11, workspace: 'libs/nest-11' },
  { version: 12, workspace: 'apps/orders' },
];

describe.each(supported)(
  'the code of all pages, with NestJS $version and Terminus $version',
  ({ version, workspace }) => {
    let program: DocumentedProgram;
    let database: TestDatabase;

    beforeAll(async () => {
      program = DocumentedProgram.in(workspace);
      database = await makeDatabase();
    });
    afterAll(async () => {
      program.remove();
      await database.drop();
    });

    it('finds that version, and so do the packages', () => {
      const asked = ['@nestjs/common', '@nestjs/core', '@nestjs/terminus', '@nestjs/typeorm'];
      for (const folder of [
        'docs-health',
        'node_modules/@nest-saga/nestjs',
        'node_modules/@nest-saga/typeorm',
      ])
        for (const name of asked)
          expect(program.versionOf(name, folder)).toMatch(new RegExp(`^${version}\\.`));
      expect(program.folders.length).toBeGreaterThan(12);
    });

    it('compiles', async () => {
      expect(await program.compile()).toBe('');
    });

    it('can be loaded, file by file', async () => {
      program.write('load-all.ts', loadAll);
      const { count, failures } = JSON.parse(lastLine(await program.node('load-all.ts'))) as Loaded;
      expect(failures).toEqual([]);
      expect(count).toBeGreaterThan(35);
    });

    it('has tests that pass', async () => {
      expect(await program.jest()).toContain('Tests:       4 passed, 4 total');
    });

    it('runs as an application: an order over HTTP, its stream, an error by its status and its health', async () => {
      program.write('application.ts', application);
      const printed = await program.node('application.ts', { DATABASE_URL: database.url });
      expect(JSON.parse(lastLine(printed))).toEqual({
        order: 'completed',
        undone: 'failed',
        stream: ['started', 'step', 'step', 'completed'],
        unknown: 404,
        health: [200, 'up', 'up'],
        live: 'ok',
      });
    });
  },
);

interface Loaded {
  readonly count: number;
  readonly failures: readonly string[];
}

/** What a program says about itself, below what libraries print. */
function lastLine(printed: string): string {
  return printed.trim().split('\n').at(-1) ?? '';
}

/** Prints the number of files, and the errors. A quick start begins to listen when it is loaded, and a test needs Jest. */
const loadAll = `
import { readdirSync } from 'node:fs';
const root = import.meta.dirname;
const folders = readdirSync(root, { withFileTypes: true }).filter((one) => one.isDirectory() && one.name !== 'node_modules');
const files = folders.flatMap(({ name }) => readdirSync(root + '/' + name).map((file) => name + '/' + file));
const loaded = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('/main.ts'));
const failures: string[] = [];
for (const file of loaded) await import('./' + file).catch((error) => failures.push(file + ': ' + String(error)));
process.stdout.write(JSON.stringify({ count: loaded.length, failures }) + '\\n', () => process.exit(0));
`;

/** The modules of the pages in one application, and what it answers. */
const application = `
import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SagaOrchestrator } from '@nest-saga/nestjs';
import { ErrorsModule } from './docs-errors/errors.module.js';
import { HealthModule } from './docs-health/health.module.js';
import { LivenessController } from './docs-health/liveness.controller.js';
import { ChargeStep, OrderSaga, ReserveStep } from './readme/order.saga.js';
import { OrdersController } from './readme/orders.controller.js';
import { PostgresModule } from './readme/postgres.module.js';
import { Bank, Warehouse } from './readme/services.js';

@Controller('history')
class HistoryController {
  constructor(private readonly sagas: SagaOrchestrator) {}

  @Get(':id')
  read(@Param('id') id: string) {
    return this.sagas.history(id);
  }
}

@Module({
  imports: [PostgresModule, ErrorsModule, HealthModule],
  controllers: [OrdersController, LivenessController, HistoryController],
  providers: [OrderSaga, ReserveStep, ChargeStep, Warehouse, Bank],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'], abortOnError: false });
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
const post = (path: string, cents: number) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ item: 'book', cents }),
  });
const statusOf = async (cents: number) => ((await (await post('/orders', cents)).json()) as { status: string }).status;
const stream = await (await post('/orders/stream', 1_900)).text();
const health = await fetch(url + '/health');
const { details } = (await health.json()) as { details: Record<string, { status: string }> };
const answers = {
  order: await statusOf(1_900),
  undone: await statusOf(20_000),
  stream: [...stream.matchAll(/^event: (.+)$/gm)].map(([, type]) => type),
  unknown: (await fetch(url + '/history/01890a5d-ac96-774b-bcce-b302099a8057')).status,
  health: [health.status, details['database']?.status, details['sagas']?.status],
  live: ((await (await fetch(url + '/live')).json()) as { status: string }).status,
};
await app.close();
process.stdout.write(JSON.stringify(answers) + '\\n');
`;
