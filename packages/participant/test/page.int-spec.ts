import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { jest } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Saga, SagaModule, SagaOrchestrator, SagaStep } from '@nest-saga/nestjs';
import type { SagaStepHandler } from '@nest-saga/nestjs';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

interface Page {
  readonly Payment: Type<object>;
  readonly PaymentsModule: Type<object>;
  readonly OrderContext: new (cents: number) => object;
  readonly ChargeStep: Type<SagaStepHandler<object>>;
}

describe('the code of the page on participants', () => {
  let directory: string;
  let page: Page;
  let database: TestDatabase;
  const apps: INestApplication[] = [];

  beforeAll(async () => {
    const text = await readFile(resolve(import.meta.dirname, '../../../docs/participants.md'), 'utf8');
    const parent = resolve(import.meta.dirname, '../dist');
    await mkdir(parent, { recursive: true });
    directory = await mkdtemp(join(parent, 'page-'));
    const files: object[] = [];
    for (const [, file = '', code = ''] of text.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)) {
      await writeFile(join(directory, file), code);
      files.push((await import(join(directory, file))) as object);
    }
    page = Object.assign({}, ...files) as Page;
    database = await createTestDatabase();
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    for (const app of apps) await app.close();
    await rm(directory, { recursive: true, force: true });
    await database.close();
  });

  const start = async (metadata: Parameters<typeof Test.createTestingModule>[0]) => {
    const testing = await Test.createTestingModule(metadata).compile();
    const app = testing.createNestApplication({ logger: false });
    apps.push(app);
    await app.listen(0, '127.0.0.1');
    return app;
  };

  it('charges and refunds once over HTTP though each request comes twice, and refuses the late charge', async () => {
    const payments = await start({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: database.url,
          entities: [page.Payment],
          synchronize: true,
        }),
        page.PaymentsModule,
      ],
    });
    const url = await payments.getUrl();
    const answers: [string, number][] = [];
    const requests: (() => Promise<Response>)[] = [];
    const fetchFrom = globalThis.fetch;
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const target = (input as string).replace('https://payments.example', url);
      const request = () => fetchFrom(target, { ...init, signal: null });
      requests.push(request);
      for (const response of [await request(), await request()])
        answers.push([new URL(target).pathname, response.status]);
      return request();
    });

    @SagaStep('ship')
    class ShipStep implements SagaStepHandler<object> {
      async act(): Promise<void> {
        throw new Error('no parcel fits');
      }
      async compensate(): Promise<void> {}
    }
    @Saga(page.OrderContext, { name: 'order', version: 1, steps: [page.ChargeStep, ShipStep] })
    class OrderSaga {}

    const orders = await start({
      imports: [SagaModule.forRoot()],
      providers: [OrderSaga, page.ChargeStep, ShipStep],
    });
    const handle = await orders.get(SagaOrchestrator).start(new page.OrderContext(1_900));
    expect(await handle.outcome()).toMatchObject({ status: 'failed' });
    expect(answers).toEqual([
      ['/payments/charge', 201],
      ['/payments/charge', 201],
      ['/payments/refund', 201],
      ['/payments/refund', 201],
    ]);
    expect(await database.query('SELECT * FROM payment')).toEqual([
      { sagaId: handle.sagaId, cents: 1_900, isRefunded: true },
    ]);
    const late = await requests[0]?.();
    expect(late?.status).toBe(410);
  });
});
