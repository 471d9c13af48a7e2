import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { SagaHealthIndicator } from '@nest-saga/nestjs/terminus';
import { HealthController } from './health.controller.js';

/** Health, for load balancers and container platforms. */
@Module({
  // The answer contains the problem; the log would repeat it at every check.
  imports: [TerminusModule.forRoot({ logger: false })],
  providers: [SagaHealthIndicator],
  controllers: [HealthController],
})
export class HealthModule {}
