import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { SagaHealthIndicator } from '@nest-saga/nestjs/terminus';
import { HealthController } from './health.controller.js';

/** Health, for whoever sends requests to servers. */
@Module({
  // What is wrong is in the answer; in the log it would be repeated at every check.
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [SagaHealthIndicator],
  controllers: [HealthController],
})
export class HealthModule {}
