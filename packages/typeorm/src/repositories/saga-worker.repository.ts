import type { OwnConnection } from '../postgres/own-connection.js';
import type { Row, Statement } from '../postgres/statement.js';
import { required } from '../postgres/statement.js';
import type { Tables } from '../postgres/tables.js';
import { SagaWorkerEntity } from '../entities/saga-worker.entity.js';
import { timeColumn, toDate } from '../postgres/mapping/time-column.js';
import {
  registerWorkerStatement,
  removeWorkerStatement,
  renewWorkerStatement,
} from '../postgres/statements/workers.js';
import { ReadOnlyRepository } from './read-only.repository.js';
import type { SagaDataSource } from './saga-data-source.js';

/** The maximum time of a renewal, in milliseconds. */
const longestDeadlineMs = 5_000;

/**
 * The processes that run sagas: the table `saga_worker`. Writing methods reject with `SagaReadOnlyError`, and every
 * other one with `SagaStorageError` if the database cannot be read.
 */
export class SagaWorkerRepository extends ReadOnlyRepository<SagaWorkerEntity> {
  private readonly registration: Statement;
  private readonly renewal: Statement;
  private readonly removal: Statement;

  /** @internal */
  constructor(
    private readonly dataSource: SagaDataSource,
    private readonly heartbeat: OwnConnection,
    tables: Tables,
  ) {
    super(SagaWorkerEntity, dataSource.manager);
    this.registration = registerWorkerStatement(tables);
    this.renewal = renewWorkerStatement(tables);
    this.removal = removeWorkerStatement(tables);
  }

  /** The workers whose lease is valid by the clock of the database, the oldest first. */
  living(): Promise<readonly SagaWorkerEntity[]> {
    return this.readWhere('living', 'worker.expiresAt > clock_timestamp()');
  }

  /**
   * The workers whose lease has expired: their process died, or lost the database. Their sagas are released by the next
   * sweep of any worker; their rows are deleted a day later.
   */
  expired(): Promise<readonly SagaWorkerEntity[]> {
    return this.readWhere('expired', 'worker.expiresAt <= clock_timestamp()');
  }

  /**
   * @internal Prepared, on a separate connection: a lease must be renewed within its deadline even if the pool is
   * exhausted.
   */
  async register(worker: string, leaseDurationMs: number): Promise<void> {
    const values = [worker, Math.round(leaseDurationMs)];
    await this.heartbeat.run('registerWorker', this.registration, values, deadlineOf(leaseDurationMs));
  }

  /** @internal As `register`. */
  async renew(worker: string, leaseDurationMs: number): Promise<boolean> {
    const values = [worker, Math.round(leaseDurationMs)];
    const deadlineMs = deadlineOf(leaseDurationMs);
    const rows = await this.heartbeat.run('renewWorker', this.renewal, values, deadlineMs);
    return rows.length > 0;
  }

  /** @internal As `register`. */
  async removeWorker(worker: string): Promise<void> {
    await this.heartbeat.run('removeWorker', this.removal, [worker], longestDeadlineMs);
  }

  private async readWhere(operation: string, condition: string): Promise<readonly SagaWorkerEntity[]> {
    const query = this.createQueryBuilder('worker')
      .select('worker.id', 'id')
      .addSelect(timeColumn('worker.started_at'), 'started_at')
      .addSelect(timeColumn('worker.expires_at'), 'expires_at')
      .where(condition)
      .orderBy('worker.startedAt')
      .addOrderBy('worker.id');
    return (await this.dataSource.read({ operation, name: operation }, query)).map(toWorker);
  }
}

function toWorker(row: Row): SagaWorkerEntity {
  return Object.assign(new SagaWorkerEntity(), {
    id: required(row, 'id'),
    startedAt: toDate(required(row, 'started_at')),
    expiresAt: toDate(required(row, 'expires_at')),
  });
}

/** A renewal that hangs must leave time for another one before the lease expires. */
function deadlineOf(leaseDurationMs: number): number {
  return Math.min(longestDeadlineMs, Math.max(250, leaseDurationMs / 4));
}
