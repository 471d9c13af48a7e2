/**
 * Starts an application with TypeORM, with or without sagas, and prints how many milliseconds after the start of its
 * process it was ready. In plain JavaScript, because a loader for TypeScript would take longer than the start itself.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';

const [, , databaseUrl, variant] = process.argv;
const sagas = variant === 'with' ? await declareSagas() : { imports: [], providers: [] };

class ApplicationModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, retryAttempts: 0 }),
    ...sagas.imports,
  ],
  providers: sagas.providers,
})(ApplicationModule);

const app = await NestFactory.createApplicationContext(ApplicationModule, { logger: ['error'] });
const readyAfterMs = performance.now();
await app.close();
console.log(readyAfterMs);

async function declareSagas() {
  const [{ Saga, SagaModule, SagaStep }, { typeOrmSagaStorage }] = await Promise.all([
    import('@nest-saga/nestjs'),
    import('@nest-saga/typeorm'),
  ]);
  const steps = ['step-1', 'step-2', 'step-3'].map((id) => {
    class Step {
      async act() {}
      async compensate() {}
    }
    SagaStep(id)(Step);
    return Step;
  });
  class SampleSaga {}
  Saga({ name: 'sample', steps })(SampleSaga);
  return {
    imports: [SagaModule.forRoot({ storage: typeOrmSagaStorage() })],
    providers: [SampleSaga, ...steps],
  };
}
