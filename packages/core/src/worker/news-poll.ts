import type { CancelTimer, Clock } from '../ports/clock.js';
import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { JournalCursor, JournalNews, SagaStorage } from '../ports/saga-storage.js';
import type { RunningSagas } from './running-sagas.js';

/**
 * Reads the journals of running sagas for entries of other writers: a cancel, or another worker's claim. Only sagas
 * without progress since the last poll are read, so a busy worker with short steps has almost no cost.
 */
export class NewsPoll {
  private cancelTimer: CancelTimer | undefined;
  private lastSeen = new Map<string, number>();
  private readonly hinted = new Set<string>();
  private isReading = false;
  private isStopped = true;

  constructor(
    private readonly storage: SagaStorage,
    private readonly clock: Clock,
    private readonly running: RunningSagas,
    private readonly intervalMs: number,
    private readonly listener: SagaListener | undefined,
  ) {}

  start(): void {
    this.isStopped = false;
    this.schedule();
  }

  stop(): void {
    this.isStopped = true;
    this.cancelTimer?.();
  }

  /** The saga may have new entries. */
  hint(sagaId: string): void {
    if (this.isStopped || this.running.get(sagaId) === undefined) return;
    this.hinted.add(sagaId);
    void this.readHinted();
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.cancelTimer = this.clock.startTimer(this.intervalMs, () => void this.poll());
  }

  private async poll(): Promise<void> {
    const seen = new Map<string, number>();
    const cursors: JournalCursor[] = [];
    for (const [sagaId, { executor }] of this.running.all()) {
      seen.set(sagaId, executor.seq);
      if (this.lastSeen.get(sagaId) === executor.seq) cursors.push({ sagaId, afterSeq: executor.seq });
    }
    this.lastSeen = seen;
    if (cursors.length > 0) await this.read(cursors);
    this.schedule();
  }

  private async readHinted(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    while (this.hinted.size > 0) {
      const sagaIds = [...this.hinted];
      this.hinted.clear();
      await this.read(sagaIds.flatMap((sagaId) => this.cursorOf(sagaId)));
    }
    this.isReading = false;
  }

  private cursorOf(sagaId: string): readonly JournalCursor[] {
    const saga = this.running.get(sagaId);
    return saga === undefined ? [] : [{ sagaId, afterSeq: saga.executor.seq }];
  }

  private notice({ sagaId, entries }: JournalNews): void {
    const saga = this.running.get(sagaId);
    const news = entries.filter(
      (entry) => entry.worker !== saga?.worker && entry.seq > (saga?.executor.seq ?? 0),
    );
    if (news.length > 0) saga?.executor.notice();
  }

  private async read(cursors: readonly JournalCursor[]): Promise<void> {
    try {
      for (let left = cursors; left.length > 0;) {
        const read = await this.storage.readNews(left);
        for (const news of read) this.notice(news);
        left = cutOff(left, read);
      }
    } catch (error) {
      notifyWorker(this.listener, {
        type: 'storage-failed',
        operation: 'readNews',
        sagaId: undefined,
        error,
      });
    }
  }
}

/** The positions from which to continue for the sagas of which one read did not return everything. */
function cutOff(cursors: readonly JournalCursor[], read: readonly JournalNews[]): readonly JournalCursor[] {
  const cut = new Map(
    read.filter(({ isCut }) => isCut).map((news) => [news.sagaId, news.entries.at(-1)?.seq]),
  );
  return cursors
    .filter(({ sagaId }) => cut.has(sagaId))
    .map(({ sagaId, afterSeq }) => ({ sagaId, afterSeq: cut.get(sagaId) ?? afterSeq }));
}
