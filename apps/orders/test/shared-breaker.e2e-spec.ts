import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  fallback,
  NonRetryableError,
  Saga,
  SagaModule,
  SagaOrchestrator,
  SagaStep,
  type SagaModuleOptions,
} from '@nest-saga/nestjs';
import { describeWhere } from './support/describe-where.js';
import { findRedis, type TestRedis } from './support/find-redis.js';
import { codeBlocks, readPage } from './support/readme.js';
import { until } from './support/until.js';

const found = await findRedis();

interface Page {
  readonly withSharedBreakers: (redis: TestRedis) => SagaModuleOptions;
}

/** Unlike that of any other run. */
const name = `pay-${process.pid}-${Date.now()}`;

class Payment {}

/** A process of an application, with a gateway that it calls. */
interface Process {
  readonly app: INestApplicationContext;
  readonly calls: () => number;
  /** Pays once, and says by what. */
  readonly pay: () => Promise<string>;
  breakGateway(error: Error | undefined): void;
}

describeWhere(found !== undefined, 'no Redis answers at 127.0.0.1:6379, or ioredis is not installed.')(
  'the circuit breaker of the page on fallbacks, whose state processes share',
  () => {
    const redis = found as TestRedis;
    let directory: string;
    let page: Page;
    let processes: Process[] = [];

    beforeAll(async () => {
      const parent = resolve(import.meta.dirname, '../dist');
      await mkdir(parent, { recursive: true });
      directory = await mkdtemp(join(parent, 'breaker-'));
      for (const { file, code } of codeBlocks(readPage('fallback')))
        if (file !== undefined) await writeFile(join(directory, file), code);
      page = (await import(join(directory, 'shared-breakers.ts'))) as Page;
    });

    afterEach(async () => {
      await Promise.all(processes.map(({ app }) => app.close()));
      processes = [];
      const keys = await redis.keys(`breaker:${name}:*`);
      if (keys.length > 0) await redis.del(...keys);
    });

    afterAll(async () => {
      redis.disconnect();
      await rm(directory, { recursive: true, force: true });
    });

    async function startProcess(resetTimeoutMs = 60_000, client = redis): Promise<Process> {
      const process = await open(page.withSharedBreakers(client), resetTimeoutMs);
      processes.push(process);
      return process;
    }

    it('opens in all processes by the failures that they had together', async () => {
      const [first, second] = [await startProcess(), await startProcess()];
      for (const each of [first, second]) each.breakGateway(new Error('503'));
      expect([await first.pay(), await second.pay(), await first.pay()]).toEqual(Array(3).fill('invoice'));

      expect(await second.pay()).toBe('invoice');
      expect([first.calls(), second.calls()]).toEqual([2, 1]);
    });

    it('is closed in all processes by the trial of one, and lets one call through at a time', async () => {
      const [first, second] = [await startProcess(3_000), await startProcess(3_000)];
      first.breakGateway(new Error('503'));
      for (let payment = 0; payment < 3; payment++) await first.pay();
      expect(await second.pay()).toBe('invoice');

      await until('the trial went through', async () => (await second.pay()) === 'card');

      first.breakGateway(undefined);
      expect(await first.pay()).toBe('card');
    });

    it('does not open by refusals', async () => {
      const process = await startProcess();
      process.breakGateway(new NonRetryableError('the card is stolen'));
      for (let payment = 0; payment < 5; payment++) await process.pay();
      process.breakGateway(undefined);
      expect(await process.pay()).toBe('card');
    });

    it('fails no payment because Redis is away', async () => {
      const client = await findRedis();
      if (client === undefined) throw new Error('Redis went away.');
      const process = await startProcess(60_000, client);
      client.disconnect();
      expect(await process.pay()).toBe('card');
    });
  },
);

async function open(options: SagaModuleOptions, resetTimeoutMs: number): Promise<Process> {
  let error: Error | undefined;
  let calls = 0;
  @SagaStep('card')
  class CardStep {
    act(): void {
      calls++;
      if (error !== undefined) throw error;
    }
    compensate(): void {}
  }
  @SagaStep('invoice')
  class InvoiceStep {
    act(): void {}
    compensate(): void {}
  }
  @Saga({
    name,
    context: Payment,
    steps: [fallback(CardStep, InvoiceStep, { circuitBreaker: { failureThreshold: 3, resetTimeoutMs } })],
  })
  class PaySaga {}
  const providers: Type[] = [CardStep, InvoiceStep, PaySaga];
  class AppModule {}
  const imports = [SagaModule.forRoot(options)];
  const app = await NestFactory.createApplicationContext(
    { module: AppModule, imports, providers },
    { logger: false },
  );
  const sagas = app.get(SagaOrchestrator);
  const pay = async (): Promise<string> => {
    const handle = await sagas.start(new Payment());
    await handle.outcome();
    const done = (await sagas.history(handle.sagaId)).findLast(({ kind }) => kind === 'act-completed');
    return done !== undefined && 'step' in done ? done.step : 'nothing';
  };
  return { app, calls: () => calls, pay, breakGateway: (broken) => (error = broken) };
}
