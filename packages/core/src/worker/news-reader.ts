import { isSagaError } from '../identity/thrown.js';
import type { JournalCursor, JournalNews, SagaStorage } from '../ports/saga-storage.js';
import type { Surroundings } from '../ports/surroundings.js';

/** The maximum number of sagas in one read. */
const readBatchSize = 1_000;

/** Knows who waits for news. */
export interface NewsTarget {
  /** The `seq` after which the news of a saga are wanted; undefined if the saga is not watched. */
  seqOf(sagaId: string): number | undefined;
  /** Called with what was read. */
  passed(news: JournalNews): void;
}

/** Reads the news of sagas that may have some: one read for many sagas, and one read at a time. */
export class NewsReader {
  /** The sagas to be read, and the `seq` after which a read continues that did not return everything. */
  private readonly hinted = new Map<string, number | undefined>();
  private isReading = false;
  private isClosed = false;

  constructor(
    private readonly storage: SagaStorage,
    private readonly surroundings: Surroundings,
    private readonly target: NewsTarget,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Reads the news of these sagas soon. One read serves several callers, so it runs in the surroundings of none of them. */
  hint(sagaIds: Iterable<string>): void {
    for (const sagaId of sagaIds) this.hinted.set(sagaId, undefined);
    if (!this.isReading) this.surroundings.run(() => void this.readHinted());
  }

  /** Reads no more. */
  close(): void {
    this.isClosed = true;
  }

  private async readHinted(): Promise<void> {
    this.isReading = true;
    try {
      // Hints of the same turn share the read.
      await Promise.resolve();
      while (this.hinted.size > 0 && !this.isClosed) await this.readBatch();
    } catch (error) {
      // The next interval reads again.
      this.onError(error);
    } finally {
      this.isReading = false;
    }
  }

  private async readBatch(): Promise<void> {
    const batch = [...this.hinted].slice(0, readBatchSize);
    for (const [sagaId] of batch) this.hinted.delete(sagaId);
    const cursors = batch.flatMap(([sagaId, continuedAfter]) => {
      const seq = this.target.seqOf(sagaId);
      return seq === undefined ? [] : [{ sagaId, afterSeq: continuedAfter ?? seq }];
    });
    if (cursors.length === 0) return;
    const cursorOf = new Map(cursors.map((cursor) => [cursor.sagaId, cursor.afterSeq]));
    for (const news of await this.readNews(cursors)) {
      this.target.passed(news);
      const { sagaId, entries, isCut } = news;
      if (isCut && !this.hinted.has(sagaId))
        this.hinted.set(sagaId, entries.at(-1)?.seq ?? cursorOf.get(sagaId));
    }
  }

  /** A read that can never succeed is halved until the saga that causes it is alone: the others get their news. */
  private async readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    try {
      return await this.storage.readNews(cursors);
    } catch (error) {
      if (isPassing(error)) throw error;
      if (cursors.length > 1) {
        const middle = Math.ceil(cursors.length / 2);
        const first = await this.readNews(cursors.slice(0, middle));
        return [...first, ...(await this.readNews(cursors.slice(middle)))];
      }
      this.onError(error);
      return [];
    }
  }
}

function isPassing(error: unknown): boolean {
  return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome !== 'refused';
}
