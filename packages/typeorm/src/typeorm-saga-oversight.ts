import { checkListLimit } from '@nest-saga/core/storage-kit';
import type {
  AuditedAct,
  AuditRecord,
  FailedDelivery,
  SagaOversight,
  WorkerRecord,
} from '@nest-saga/core/storage-kit';
import type { Connections } from './postgres/connections.js';
import { toDate } from './postgres/mapping/time-column.js';
import { required } from './postgres/statement.js';
import type { Row, Statement } from './postgres/statement.js';
import {
  listAuditStatement,
  listFailedDeliveriesStatement,
  listWorkersStatement,
  recordActStatement,
} from './postgres/statements/oversight.js';
import type { Tables } from './postgres/tables.js';

/** The audit, the workers and the failed deliveries in PostgreSQL. */
export class TypeOrmSagaOversight implements SagaOversight {
  private readonly insert: Statement;
  private readonly audit: Statement;
  private readonly workers: Statement;
  private readonly deliveries: Statement;

  constructor(
    private readonly connections: Connections,
    tables: Tables,
  ) {
    this.insert = recordActStatement(tables);
    this.audit = listAuditStatement(tables);
    this.workers = listWorkersStatement(tables);
    this.deliveries = listFailedDeliveriesStatement(tables);
  }

  async record({ actor, action, sagaId, seq, note }: AuditedAct): Promise<void> {
    const values = [actor, action, sagaId, seq ?? null, note ?? null];
    await this.connections.writes.run('recordAct', this.insert, values);
  }

  async listAudit(sagaId: string, limit: number): Promise<readonly AuditRecord[]> {
    const rows = await this.connections.pool.run('listAudit', this.audit, [sagaId, checkListLimit(limit)]);
    return rows.map((row) => ({
      at: toDate(required(row, 'at')),
      actor: required(row, 'actor'),
      action: required(row, 'action'),
      sagaId,
      seq: row['seq'] === null || row['seq'] === undefined ? undefined : Number(row['seq']),
      note: row['note'] ?? undefined,
    }));
  }

  async listWorkers(): Promise<readonly WorkerRecord[]> {
    const rows = await this.connections.pool.run('listWorkers', this.workers, []);
    return rows.map((row) => {
      const leaseMs = Number(required(row, 'lease_ms'));
      return {
        worker: required(row, 'id'),
        startedAt: toDate(required(row, 'started_at')),
        isAlive: leaseMs > 0,
        leaseMs,
        owned: Number(required(row, 'owned')),
      };
    });
  }

  async listFailedDeliveries(limit: number): Promise<readonly FailedDelivery[]> {
    const values = [checkListLimit(limit)];
    const rows = await this.connections.pool.run('listFailedDeliveries', this.deliveries, values);
    return rows.map(toFailedDelivery);
  }
}

function toFailedDelivery(row: Row): FailedDelivery {
  return {
    sagaId: required(row, 'saga_id'),
    saga: required(row, 'saga_name'),
    seq: Number(required(row, 'seq')),
    emittedSeq: Number(required(row, 'emitted_seq')),
    handler: required(row, 'handler'),
    error: { name: row['error_name'] ?? 'Error', message: row['error_message'] ?? '' },
    recordedAt: toDate(required(row, 'recorded_at')),
  };
}
