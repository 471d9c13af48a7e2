import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import { Saga, SagaModule, SagaStep, step } from '@nest-saga/nestjs';
import type { SagaModuleOptions } from '@nest-saga/nestjs';
import { typeOrmSagaStorage } from '@nest-saga/typeorm';
import { SampleContext } from '../sample/sample-context.js';
import { sampleSagaName, stepIds } from '../sample/sample-saga.js';
import type { SagaShape } from '../sample/saga-shape.js';
import { poolSize } from './contestant.js';

/** A Nest application with the sample saga on PostgreSQL, as users of the library have it. */
export async function openNestApplication(
  databaseUrl: string,
  shape: SagaShape,
  handler: SagaStepHandler<SampleContext>,
  options: SagaModuleOptions = {},
): Promise<INestApplicationContext> {
  const { saga, stepClass } = sampleProviders(shape, handler);

  @Module({
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, poolSize, retryAttempts: 0 }),
      SagaModule.forRoot({ storage: typeOrmSagaStorage(), ...options }),
    ],
    providers: [saga, stepClass],
  })
  class BenchModule {}

  return await NestFactory.createApplicationContext(BenchModule, {
    // The same level as the peer's log: a line for each failed saga would measure the console.
    logger: ['error'],
    abortOnError: false,
  });
}

function sampleProviders(shape: SagaShape, handler: SagaStepHandler<SampleContext>) {
  @Injectable()
  @SagaStep('step')
  class SampleStep implements SagaStepHandler<SampleContext> {
    act(context: SampleContext, run: StepRun) {
      return handler.act(context, run);
    }

    async compensate(context: SampleContext, run: StepRun) {
      await handler.compensate(context, run);
    }
  }

  @Saga({
    name: sampleSagaName,
    context: SampleContext,
    steps: stepIds(shape).map((id) => step(SampleStep, { id })),
  })
  class SampleSaga {}

  return { saga: SampleSaga, stepClass: SampleStep };
}
