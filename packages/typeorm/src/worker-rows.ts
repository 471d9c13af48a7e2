import type { OwnConnection } from './database/own-connection.js';
import type { Statement } from './database/statement.js';
import type { Tables } from './database/tables.js';
import {
  registerWorkerStatement,
  removeWorkerStatement,
  renewWorkerStatement,
} from './statements/workers.js';

/** No renewal waits longer than this for an answer, in milliseconds. */
const longestDeadlineMs = 5_000;

/**
 * The workers' proofs of life, on a connection of their own: an application that holds every connection of its pool
 * does not lose its sagas to others.
 */
export class WorkerRows {
  private readonly registration: Statement;
  private readonly renewal: Statement;
  private readonly removal: Statement;

  constructor(
    private readonly connection: OwnConnection,
    tables: Tables,
  ) {
    this.registration = registerWorkerStatement(tables);
    this.renewal = renewWorkerStatement(tables);
    this.removal = removeWorkerStatement(tables);
  }

  async register(worker: string, leaseDurationMs: number): Promise<void> {
    const values = [worker, Math.round(leaseDurationMs)];
    await this.connection.run('registerWorker', this.registration, values, deadlineOf(leaseDurationMs));
  }

  async renew(worker: string, leaseDurationMs: number): Promise<boolean> {
    const values = [worker, Math.round(leaseDurationMs)];
    const deadlineMs = deadlineOf(leaseDurationMs);
    const rows = await this.connection.run('renewWorker', this.renewal, values, deadlineMs);
    return rows.length > 0;
  }

  async remove(worker: string): Promise<void> {
    await this.connection.run('removeWorker', this.removal, [worker], longestDeadlineMs);
  }
}

/** A renewal that hangs must leave time for another one before the lease is over. */
function deadlineOf(leaseDurationMs: number): number {
  return Math.min(longestDeadlineMs, Math.max(250, leaseDurationMs / 4));
}
