import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import type { Clock } from '../ports/clock.js';
import { loadJournal } from '../ports/load-journal.js';
import type { ListPosition } from '../ports/list-cursor.js';
import { maximumPurged } from '../ports/purge.js';
import type { EndedStatus, PurgeRequest } from '../ports/purge.js';
import type { LoadedSaga, SagaStorage } from '../ports/saga-storage.js';

/** Keeps a copy of sagas elsewhere before they are deleted. */
export type ArchiveSagas = (sagas: readonly LoadedSaga[]) => Promise<void>;

/** Which sagas to delete. */
export interface PurgeOrder {
  readonly statuses: readonly EndedStatus[];
  /** Only sagas that ended before this time. */
  readonly endedBefore: Date;
  /** The most sagas to delete; undefined: all. */
  readonly limit?: number;
  /** Deletes nothing: only counts. */
  readonly dryRun?: boolean;
  /** Resolves before these sagas are deleted. If it rejects, they stay. */
  readonly archive?: ArchiveSagas | undefined;
  /** Called between two statements: false ends the work. */
  readonly mayContinue?: () => boolean;
}

/** A statement that takes longer is followed by a smaller one, in milliseconds. */
const longStatementMs = 200;
const smallestBatch = 10;
/** How many sagas are archived in one call. */
const archivedAtOnce = 50;

/** Deletes sagas that ended, in statements that stay short. Any process may do it, and several at once. */
export class SagaPurger {
  constructor(
    private readonly storage: SagaStorage,
    private readonly clock: Clock,
  ) {}

  /**
   * Deletes sagas, the oldest first, and resolves with their number.
   *
   * @throws InvalidArgumentError, SagaStorageError; the error of the archive.
   */
  async purge(order: PurgeOrder): Promise<number> {
    const { limit = Number.POSITIVE_INFINITY, archive, dryRun = false, mayContinue = always } = order;
    if (!(limit >= 1)) throw new InvalidArgumentError('limit', 'pass a whole number of at least 1');
    const largestBatch = archive === undefined || dryRun ? maximumPurged : archivedAtOnce;
    let batch = largestBatch;
    let count = 0;
    let after: ListPosition | undefined;
    while (count < limit && mayContinue()) {
      const { statuses, endedBefore } = order;
      const request = {
        statuses,
        endedBefore,
        limit: Math.min(batch, limit - count),
        ...(after && { after }),
      };
      const startedAt = this.clock.monotonicNow();
      const isFirstOfTwo = archive !== undefined && !dryRun;
      const found = await this.storage.purge(dryRun || isFirstOfTwo ? { ...request, dryRun: true } : request);
      batch = nextBatch(batch, largestBatch, this.clock.monotonicNow() - startedAt);
      after = found.at(-1);
      if (after === undefined) break;
      count += isFirstOfTwo ? await this.deleteArchived(request, found, archive) : found.length;
    }
    return count;
  }

  /** Between the two calls another process may archive the same sagas: each saga is archived at least once. */
  private async deleteArchived(
    request: PurgeRequest,
    found: readonly ListPosition[],
    archive: ArchiveSagas,
  ): Promise<number> {
    const sagas: LoadedSaga[] = [];
    for (const { sagaId } of found) {
      const loaded = await loadJournal(this.storage, sagaId);
      if (loaded !== undefined) sagas.push(loaded);
    }
    await archive(sagas);
    const among = sagas.map(({ header }) => header.sagaId);
    return (await this.storage.purge({ ...request, among })).length;
  }
}

const always = (): boolean => true;

function nextBatch(batch: number, largest: number, tookMs: number): number {
  return tookMs > longStatementMs
    ? Math.max(smallestBatch, Math.floor(batch / 2))
    : Math.min(largest, batch * 2);
}
