import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Saga, SagaModule, SagaOrchestrator, type SagaStepHandler } from '@nest-saga/nestjs';
import { DataSource } from 'typeorm';
import { codeBlocks, readPage } from './support/readme.js';
import { makeDatabase, type TestDatabase } from './support/start-orders.js';

interface Reservations {
  createTable(): Promise<void>;
  reserve(item: string, key: string): Promise<void>;
  release(key: string): Promise<void>;
}

interface Page {
  readonly OrderContext: new (cents: number) => object;
  readonly CardGateway: abstract new () => object;
  readonly ChargeCardStep: Type<SagaStepHandler<object, string>>;
  readonly Reservations: new (dataSource: DataSource) => Reservations;
}

describe('the code of the page on compensation', () => {
  let directory: string;
  let page: Page;

  beforeAll(async () => {
    const parent = resolve(import.meta.dirname, '../dist');
    await mkdir(parent, { recursive: true });
    directory = await mkdtemp(join(parent, 'compensation-'));
    const files: object[] = [];
    for (const { file, code } of codeBlocks(readPage('compensation'))) {
      if (file === undefined) continue;
      await writeFile(join(directory, file), code);
      files.push((await import(join(directory, file))) as object);
    }
    page = Object.assign({}, ...files) as Page;
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  /** A gateway that charges, whatever it answers. */
  class Gateway {
    readonly charges = new Map<string, string>();
    readonly refunds: string[] = [];

    constructor(
      private readonly answer: number,
      private readonly hasEffect: boolean,
    ) {}

    async charge(_cents: number, { idempotencyKey }: { idempotencyKey: string }) {
      if (this.hasEffect) this.charges.set(idempotencyKey, 'charge-1');
      return { status: this.answer, id: 'charge-1' };
    }

    async findCharge({ idempotencyKey }: { idempotencyKey: string }) {
      return this.charges.get(idempotencyKey);
    }

    async refund(id: string) {
      this.refunds.push(id);
    }
  }

  async function pay(gateway: Gateway) {
    const { OrderContext, CardGateway, ChargeCardStep } = page;

    @Saga({
      name: 'pay',
      context: OrderContext,
      steps: [ChargeCardStep],
      retry: { initialIntervalMs: 0 },
    })
    class PaySaga {}

    class PayModule {}

    const root = {
      module: PayModule,
      imports: [SagaModule.forRoot({})],
      providers: [PaySaga, ChargeCardStep, { provide: CardGateway, useValue: gateway }],
    };
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    const handle = await app.get(SagaOrchestrator).start(new OrderContext(500));
    const { status } = await handle.outcome();
    await app.close();
    return { status, refunds: gateway.refunds };
  }

  it('finds by the key of the act what a gateway did that answered 504, and refunds it', async () => {
    expect(await pay(new Gateway(504, true))).toEqual({ status: 'failed', refunds: ['charge-1'] });
  });

  it('accepts that nothing is there after a 504', async () => {
    expect(await pay(new Gateway(504, false))).toEqual({ status: 'failed', refunds: [] });
  });

  it('takes a plain refusal as it is, and asks for nothing', async () => {
    expect(await pay(new Gateway(402, true))).toEqual({ status: 'failed', refunds: [] });
  });

  describe('of a target of your own', () => {
    let database: TestDatabase;
    let dataSource: DataSource;
    let reservations: Reservations;

    beforeAll(async () => {
      database = await makeDatabase();
      dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
      reservations = new page.Reservations(dataSource);
      await reservations.createTable();
    });

    afterAll(async () => {
      await dataSource.destroy();
      await database.drop();
    });

    const stateOf = async (key: string) =>
      (await dataSource.query('SELECT item, state FROM reservation WHERE key = $1', [key])) as unknown;

    it('reserves once for a key, however often it is called, and releases it once', async () => {
      await reservations.reserve('book', 'twice');
      await reservations.reserve('book', 'twice');
      expect(await stateOf('twice')).toEqual([{ item: 'book', state: 'reserved' }]);
      await reservations.release('twice');
      await reservations.release('twice');
      expect(await stateOf('twice')).toEqual([{ item: 'book', state: 'released' }]);
    });

    it('refuses an act that comes after its undo, and has reserved nothing', async () => {
      await reservations.release('late');
      await expect(reservations.reserve('book', 'late')).rejects.toMatchObject({
        code: 'SAGA_STEP_NON_RETRYABLE',
      });
      expect(await stateOf('late')).toEqual([{ item: null, state: 'released' }]);
    });

    it('leaves nothing reserved if act and undo come at the same moment', async () => {
      for (let index = 0; index < 20; index++) {
        const key = `race-${index}`;
        await Promise.allSettled([reservations.reserve('book', key), reservations.release(key)]);
        expect(await stateOf(key)).toMatchObject([{ state: 'released' }]);
      }
    });
  });
});
