import type { ClaimRequest, LoadedSaga, ReleaseRequest, SagaIdentity } from '@nest-saga/core';
import { ClaimedJournals } from './claimed-journals.js';
import type { TakenSaga, UnreadableSaga } from './claimed-journals.js';
import { conductOf } from './database/error-conduct.js';
import { required } from './database/statement.js';
import type { Statement, StatementRunner } from './database/statement.js';
import type { Tables } from './database/tables.js';
import { toSagaHeader } from './mapping/saga-header-row.js';
import { claimOneStatement, claimStatement } from './statements/claim.js';
import { releaseExpiredStatement } from './statements/release-expired.js';
import { releaseStatement } from './statements/release.js';
import { listOwnedStatement } from './statements/workers.js';

/** How long nobody claims a saga that was claimed and could not be read. */
const unreadableDelayMs = 300_000;

/** Who runs which saga: taking them, letting them go, taking them from the dead. */
export class SagaClaims {
  private readonly claimMany: Statement;
  private readonly claimOne: Statement;
  private readonly journals: ClaimedJournals;
  private readonly expire: Statement;
  private readonly owned: Statement;

  constructor(
    private readonly reads: StatementRunner,
    private readonly writes: StatementRunner,
    private readonly tables: Tables,
  ) {
    this.claimMany = claimStatement(tables);
    this.claimOne = claimOneStatement(tables);
    this.journals = new ClaimedJournals(reads, tables);
    this.expire = releaseExpiredStatement(tables);
    this.owned = listOwnedStatement(tables);
  }

  async claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    const loaded: LoadedSaga[] = [];
    // What cannot be read takes nobody's place: others are claimed for it.
    for (let limit = request.limit; limit > 0; limit = request.limit - loaded.length) {
      try {
        const read = await this.journals.read(await this.take(request, limit));
        loaded.push(...read.loaded);
        if (read.unreadable.length === 0) break;
        await this.giveBack(request, read.unreadable);
      } catch (error) {
        if (loaded.length === 0) throw error;
        break;
      }
    }
    return loaded;
  }

  async releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    if (sagas.length === 0 || limit <= 0) return 0;
    const rows = await this.writes.run('releaseExpired', this.expire, [...namesAndVersions(sagas), limit]);
    return rows.length;
  }

  /** Answers the ids of those that were released. */
  async release(requests: readonly ReleaseRequest[]): Promise<readonly string[]> {
    if (requests.length === 0) return [];
    try {
      return await this.releaseTogether(requests);
    } catch (error) {
      if (requests.length === 1 || conductOf(error) !== 'split') throw error;
    }
    return this.releaseOneByOne(requests);
  }

  private async releaseTogether(requests: readonly ReleaseRequest[]): Promise<readonly string[]> {
    const { statement, values } = releaseStatement(this.tables, requests);
    return (await this.writes.run('release', statement, values)).map((row) => required(row, 'id'));
  }

  /** One of them is to blame, for example because somebody holds its row: the others are let go all the same. */
  private async releaseOneByOne(requests: readonly ReleaseRequest[]): Promise<readonly string[]> {
    const released: string[] = [];
    const errors: unknown[] = [];
    for (const request of requests) {
      try {
        released.push(...(await this.releaseTogether([request])));
      } catch (error) {
        errors.push(error);
        if (conductOf(error) !== 'split') break;
      }
    }
    if (errors.length > 0) throw errors[0];
    return released;
  }

  async listOwned(worker: string): Promise<readonly string[]> {
    return (await this.reads.run('listOwned', this.owned, [worker])).map((row) => required(row, 'id'));
  }

  private async take({ worker, sagas, sagaId }: ClaimRequest, limit: number): Promise<readonly TakenSaga[]> {
    if (sagas.length === 0) return [];
    const values = [worker, ...namesAndVersions(sagas), limit];
    const rows =
      sagaId === undefined
        ? await this.writes.run('claim', this.claimMany, values)
        : await this.writes.run('claim', this.claimOne, [...values, sagaId]);
    return rows.map((row) => ({
      header: toSagaHeader(row),
      claimSeq: Number(required(row, 'claim_seq')),
      journalBytes: Number(required(row, 'journal_bytes')),
    }));
  }

  // No recovery: nobody ran it, and a process that can read it may be there, one of a newer release for example.
  private async giveBack(
    { worker, onUnreadable }: ClaimRequest,
    unreadable: readonly UnreadableSaga[],
  ): Promise<void> {
    for (const { taken, error } of unreadable) onUnreadable?.(taken.header.sagaId, error);
    const why = { worker, reason: 'quarantine', begun: [], delayMs: unreadableDelayMs } as const;
    await this.release(
      unreadable.map(({ taken: { header, claimSeq } }) => ({
        sagaId: header.sagaId,
        seq: claimSeq + 1,
        ...why,
      })),
    );
  }
}

function namesAndVersions(sagas: readonly SagaIdentity[]): readonly [readonly string[], readonly number[]] {
  return [sagas.map(({ saga }) => saga), sagas.map(({ version }) => version)];
}
