import { Module } from '@nestjs/common';
import { Saga, SagaModule } from '@nest-saga/nestjs';
import { ChargeStep, ReserveStep } from './order.saga.js';

@Saga({ name: 'unmade', steps: [ReserveStep, ChargeStep] })
class UnmadeSaga {}

@Module({ imports: [SagaModule.forRoot()], providers: [UnmadeSaga, ChargeStep] })
export class UnprovidedModule {}

@Module({ imports: [] })
export class EmptyModule {}
