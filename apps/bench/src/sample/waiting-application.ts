import 'reflect-metadata';
import { Module } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Saga, SagaModule, sagaSignal, SagaStep, waitFor } from '@nest-saga/nestjs';
import type { SagaStepHandler } from '@nest-saga/nestjs';
import { typeOrmSagaStorage } from '@nest-saga/typeorm';
import { poolSize } from '../contestants/contestant.js';

/** The signal for which each saga waits. */
export const answered = sagaSignal('answered');

/** The context of a saga that waits. */
export class WaitingContext {}

/** The id of the step after the wait. */
export const resumedStep = 'resumed';

@SagaStep('asked')
class AskedStep implements SagaStepHandler<WaitingContext> {
  act(): void {}
  compensate(): void {}
}

/** Returns the time at which it began. */
@SagaStep(resumedStep)
class ResumedStep implements SagaStepHandler<WaitingContext, { readonly at: number }> {
  act() {
    return { at: wallClock() };
  }

  compensate(): void {}
}

@Saga(WaitingContext, { name: 'waiting', steps: [AskedStep, waitFor('answer', [answered]), ResumedStep] })
class WaitingSaga {}

/** Milliseconds since the epoch with fractions: the same in all processes of a machine. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/** A Nest application whose sagas wait for a signal, with the module's defaults. */
export async function openWaitingApplication(
  databaseUrl: string,
  { worker, hints }: { readonly worker: boolean; readonly hints: boolean },
): Promise<INestApplicationContext> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, poolSize, retryAttempts: 0 }),
      SagaModule.forRoot({ storage: typeOrmSagaStorage({ hints }), worker }),
    ],
    providers: [WaitingSaga, AskedStep, ResumedStep],
  })
  class WaitingModule {}

  return await NestFactory.createApplicationContext(WaitingModule, {
    logger: ['error'],
    abortOnError: false,
  });
}
