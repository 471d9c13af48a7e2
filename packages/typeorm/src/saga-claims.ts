import type { LoadedSaga } from '@nest-saga/core';
import type { ClaimRequest, ReleaseRequest, UnreadableSaga } from '@nest-saga/core/storage-kit';
import { ClaimedJournals } from '@nest-saga/core/storage-kit';
import { blamesJournal, conductOf } from './postgres/error-conduct.js';
import type { Row } from './postgres/statement.js';
import { toJournalEntry } from './postgres/mapping/journal-entry-row.js';
import type { SagaExecutionRepository } from './repositories/saga-execution.repository.js';
import type { SagaJournalRepository } from './repositories/saga-journal.repository.js';

/** A saga that was claimed and could not be read is not claimed again before this time, in milliseconds. */
const unreadableDelayMs = 300_000;

/** Claims sagas with their journals, and releases them without affecting each other. */
export class SagaClaims {
  private readonly journals: ClaimedJournals<Row>;

  constructor(
    private readonly executions: SagaExecutionRepository,
    journals: SagaJournalRepository,
  ) {
    this.journals = new ClaimedJournals({
      read: (taken) => journals.readClaimed(taken),
      toEntry: toJournalEntry,
      conductOf,
      blamesJournal,
    });
  }

  async claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    const loaded: LoadedSaga[] = [];
    // An unreadable saga takes no slot: another one is claimed in its place.
    for (let limit = request.limit; limit > 0; limit = request.limit - loaded.length) {
      try {
        const read = await this.journals.read(await this.executions.take(request, limit));
        loaded.push(...read.loaded);
        if (read.unreadable.length === 0) break;
        await this.releaseUnreadable(request, read.unreadable);
      } catch (error) {
        if (loaded.length === 0) throw error;
        break;
      }
    }
    return loaded;
  }

  /** Resolves with the ids of the released sagas. */
  async release(requests: readonly ReleaseRequest[]): Promise<readonly string[]> {
    if (requests.length === 0) return [];
    try {
      return await this.executions.release(requests);
    } catch (error) {
      if (requests.length === 1 || conductOf(error) !== 'split') throw error;
    }
    return this.releaseOneByOne(requests);
  }

  /**
   * One of them causes the error, for example because another transaction holds its row: the others are still
   * released.
   */
  private async releaseOneByOne(requests: readonly ReleaseRequest[]): Promise<readonly string[]> {
    const released: string[] = [];
    const errors: unknown[] = [];
    for (const request of requests) {
      try {
        released.push(...(await this.executions.release([request])));
      } catch (error) {
        errors.push(error);
        if (conductOf(error) !== 'split') break;
      }
    }
    if (errors.length > 0) throw errors[0];
    return released;
  }

  // It does not count as a recovery: no worker ran it, and another process may be able to read it, for example one of a
  // newer release.
  private async releaseUnreadable(
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
