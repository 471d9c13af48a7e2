import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import { SagaHealthIndicator } from '@nest-saga/nestjs/terminus';

/** Whether this server can do its work: 200 if it can, 503 if it cannot. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly sagas: SagaHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([
      () => this.database.pingCheck('database').withTimeout(3_000),
      () => this.sagas.check('sagas'),
    ]);
  }
}
