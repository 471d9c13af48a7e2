import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { resolveWorkerOptions } from '@nest-saga/core/engine';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { SystemClock } from '../node/system-clock.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../options/saga-module-options.js';
import { SagaRuntime } from '../runtime/saga.runtime.js';
import type { HostedEngine } from '../runtime/saga-engines.js';
import { judgeHealth } from './judge-health.js';
import type { SagaHealth, WorkerVitals } from './judge-health.js';
import { resolveHealthOptions } from './saga-health-options.js';
import type { SagaHealthOptions } from './saga-health-options.js';
import { StorageProbe } from './storage-probe.js';
import { readWorkerVitals } from './worker-vitals.js';

/**
 * A health indicator of Terminus for the sagas of this process.
 *
 * Down: the storage cannot be reached or its schema is behind, the recovery sweep or the heartbeat has not succeeded
 * for two intervals, or the worker has lost its lease. Degraded, which is HTTP 200: sagas are STUCK or overdue, the oldest open
 * one is too old, or open ones belong to a saga that is not registered here. The details are counts and ages.
 *
 * @example
 * ```ts
 * @Module({ imports: [TerminusModule], providers: [SagaHealthIndicator], controllers: [HealthController] })
 * export class HealthModule {}
 *
 * @Controller('health')
 * export class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly sagas: SagaHealthIndicator,
 *   ) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check() {
 *     return this.health.check([() => this.sagas.check('sagas')]);
 *   }
 * }
 * ```
 */
@Injectable()
export class SagaHealthIndicator {
  private probe: StorageProbe | undefined;
  private sagas: HostedEngine | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /**
   * Checks the sagas. Resolves within the timeout of the options, and does not reject because of the state of the
   * sagas.
   *
   * @throws InvalidArgumentError for an unknown option, or one that is out of range.
   */
  async check<const Key extends string>(
    key: Key,
    options: SagaHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { timeoutMs, ...limits } = resolveHealthOptions(options);
    this.probe ??= new StorageProbe(() => this.open(), this.get(SystemClock));
    const storage = await this.probe.ask(timeoutMs);
    // Read after the storage has answered, because the ages grow during the wait.
    return this.toResult(key, judgeHealth({ storage, worker: this.readWorker() }, limits));
  }

  private async open(): Promise<HostedEngine> {
    this.sagas = await this.get(SagaRuntime).opened();
    return this.sagas;
  }

  private readWorker(): WorkerVitals | undefined {
    if (this.sagas === undefined) return undefined;
    const options = this.moduleRef.get<SagaModuleOptions>(MODULE_OPTIONS_TOKEN, { strict: false });
    return readWorkerVitals(this.sagas, resolveWorkerOptions(options), this.get(SystemClock));
  }

  private toResult<const Key extends string>(
    key: Key,
    { status, details }: SagaHealth,
  ): HealthIndicatorResult<Key> {
    const session: HealthSession<Key> = this.indicators.check(key);
    if (status === 'down') return session.down(details);
    if (status === 'up') return session.up(details);
    return session.degraded?.(details) ?? session.up({ ...details, degraded: true });
  }

  private get<Provider>(type: new (...dependencies: never[]) => Provider): Provider {
    return this.moduleRef.get(type, { strict: false });
  }
}

/** What Terminus 11 and 12 have. The former knows only up and down: a degraded state is up then, and the details show it. */
interface HealthSession<Key extends string> {
  up(details: SagaHealth['details'] & { readonly degraded?: true }): HealthIndicatorResult<Key>;
  down(details: SagaHealth['details']): HealthIndicatorResult<Key>;
  degraded?(details: SagaHealth['details']): HealthIndicatorResult<Key>;
}
