import type { ClaimRequest, JournalEntry, LoadedSaga, ReleaseRequest, SagaIdentity } from '@nest-saga/core';
import { required } from './database/statement.js';
import type { Statement, StatementRunner } from './database/statement.js';
import type { Tables } from './database/tables.js';
import { toJournalEntry } from './mapping/journal-entry-row.js';
import { toSagaHeader } from './mapping/saga-header-row.js';
import { claimOneStatement, claimStatement } from './statements/claim.js';
import { readClaimedStatement } from './statements/read-journals.js';
import { releaseExpiredStatement } from './statements/release-expired.js';
import { releaseStatement } from './statements/release.js';
import { listOwnedStatement } from './statements/workers.js';

/** Who runs which saga: taking them, letting them go, taking them from the dead. */
export class SagaClaims {
  private readonly claimMany: Statement;
  private readonly claimOne: Statement;
  private readonly readClaimed: Statement;
  private readonly expire: Statement;
  private readonly owned: Statement;

  constructor(
    private readonly runner: StatementRunner,
    private readonly tables: Tables,
  ) {
    this.claimMany = claimStatement(tables);
    this.claimOne = claimOneStatement(tables);
    this.readClaimed = readClaimedStatement(tables);
    this.expire = releaseExpiredStatement(tables);
    this.owned = listOwnedStatement(tables);
  }

  async claim({ worker, sagas, limit, sagaId }: ClaimRequest): Promise<readonly LoadedSaga[]> {
    if (sagas.length === 0 || limit <= 0) return [];
    const values = [worker, ...namesAndVersions(sagas), limit];
    const rows =
      sagaId === undefined
        ? await this.runner.run('claim', this.claimMany, values)
        : await this.runner.run('claim', this.claimOne, [...values, sagaId]);
    if (rows.length === 0) return [];
    const headers = rows.map(toSagaHeader);
    const journals = await this.readJournals(
      headers.map((header) => header.sagaId),
      rows.map((row) => Number(required(row, 'claim_seq'))),
    );
    return headers.map((header) => ({ header, entries: journals.get(header.sagaId) ?? [] }));
  }

  async releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    if (sagas.length === 0 || limit <= 0) return 0;
    const rows = await this.runner.run('releaseExpired', this.expire, [...namesAndVersions(sagas), limit]);
    return rows.length;
  }

  /** Answers the ids of those that were released. */
  async release(requests: readonly ReleaseRequest[]): Promise<readonly string[]> {
    if (requests.length === 0) return [];
    const { statement, values } = releaseStatement(this.tables, requests);
    return (await this.runner.run('release', statement, values)).map((row) => required(row, 'id'));
  }

  async listOwned(worker: string): Promise<readonly string[]> {
    return (await this.runner.run('listOwned', this.owned, [worker])).map((row) => required(row, 'id'));
  }

  private async readJournals(
    sagaIds: readonly string[],
    claimSeqs: readonly number[],
  ): Promise<ReadonlyMap<string, readonly JournalEntry[]>> {
    const journals = new Map<string, JournalEntry[]>();
    for (const row of await this.runner.run('claim', this.readClaimed, [sagaIds, claimSeqs])) {
      const sagaId = required(row, 'saga_id');
      const entries = journals.get(sagaId);
      if (entries === undefined) journals.set(sagaId, [toJournalEntry(row)]);
      else entries.push(toJournalEntry(row));
    }
    return journals;
  }
}

function namesAndVersions(sagas: readonly SagaIdentity[]): readonly [readonly string[], readonly number[]] {
  return [sagas.map(({ saga }) => saga), sagas.map(({ version }) => version)];
}
