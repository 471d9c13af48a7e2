import type { RecordedEntry } from '../execution/recorded-entry.js';
import { isSagaError } from '../identity/thrown.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import type { CancelTimer, Clock } from '../ports/clock.js';
import type { JournalCursor, JournalNews, SagaStorage } from '../ports/saga-storage.js';
import { noSurroundings } from '../ports/surroundings.js';
import type { Surroundings } from '../ports/surroundings.js';
import type { EntrySubscriber } from './publication-feed.js';

/** Notified of the entries of a saga, in order of `seq` and each once; an entry that was read has no context. */
export interface JournalObserver {
  onEntry(entry: JournalEntry, header: SagaHeading): void;
  /** Called when all known entries were passed, and the saga continues. */
  onCaughtUp?(): void;
  /**
   * Called last, when the saga has ended or is stuck, and all entries were passed. `seq` is that of its last entry, if
   * it was read.
   */
  onEnd(header: SagaHeading, seq: number): void;
  /** Called last, if the saga does not exist (any more). */
  onMissing(): void;
}

interface Follower {
  readonly sagaId: string;
  observer: JournalObserver;
  seq: number;
}

/** Replaces an observer that was dropped: old tables of a set may keep removed values. See `ReleasingMap`. */
const noObserver: JournalObserver = {
  onEntry: () => undefined,
  onEnd: () => undefined,
  onMissing: () => undefined,
};

/** The maximum number of sagas in one read. */
const readBatchSize = 500;

/**
 * Watches journals, whatever process writes them: entries of this process are passed on at once, the others are read
 * after a hint and at every interval. One read serves all watched sagas. Without watches nothing runs.
 */
export class JournalFollower implements EntrySubscriber {
  private readonly followers = new Map<string, Set<Follower>>();
  private readonly hinted = new Set<string>();
  private cancelPoll: CancelTimer | undefined;
  private isReading = false;
  private isClosed = false;

  constructor(
    private readonly storage: SagaStorage,
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly onError: (error: unknown) => void,
    /** The `seq` of the last entry of a saga that this process runs at the moment, or undefined. */
    private readonly seqHere: (sagaId: string) => number | undefined = () => undefined,
    private readonly surroundings: Surroundings = noSurroundings,
  ) {}

  /** Whether it was closed: observers are not notified any more. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** The number of watches. */
  get size(): number {
    let size = 0;
    for (const group of this.followers.values()) size += group.size;
    return size;
  }

  /**
   * Notifies the observer of all entries after `afterSeq`, past and future ones, in the surroundings of this call.
   *
   * @returns The function that ends the watch; the saga itself continues.
   */
  follow(sagaId: string, afterSeq: number, observer: JournalObserver): () => void {
    const follower: Follower = { sagaId, observer: bound(observer, this.surroundings), seq: afterSeq };
    const group = this.followers.get(sagaId);
    if (group === undefined) this.followers.set(sagaId, new Set([follower]));
    else group.add(follower);
    // This process will publish the entries that it has not recorded yet: only earlier ones have to be read.
    const seqHere = this.seqHere(sagaId);
    if (seqHere === undefined || seqHere > afterSeq) this.hint(sagaId);
    this.schedulePoll();
    return () => this.drop(follower);
  }

  /** Whether this saga is watched. */
  isFollowed(sagaId: string): boolean {
    return this.followers.has(sagaId);
  }

  /** Publishes entries that this process has just made durable, or read: they follow each other without a gap. */
  offer(entries: readonly JournalEntry[], header: SagaHeading): void {
    const { sagaId } = header;
    const group = this.followers.get(sagaId);
    const first = entries[0]?.seq;
    if (group === undefined || first === undefined) return;
    for (const follower of group) {
      if (first > follower.seq + 1) this.hint(sagaId);
      else this.tell(follower, { sagaId, header, entries, isCut: false });
    }
  }

  /** Publishes a durable entry of this process. */
  recorded({ after, header, entry }: RecordedEntry): void {
    if (!this.isFollowed(header.sagaId)) return;
    const { status, failure, stuck, park } = after;
    this.offer([entry], {
      ...header,
      status,
      failure,
      stuck: status === 'stuck' ? stuck : undefined,
      waiting: park && { for: park.for, name: park.name },
    });
  }

  /** The saga may have new entries: they are read soon. */
  hint(sagaId: string): void {
    if (!this.followers.has(sagaId)) return;
    this.hinted.add(sagaId);
    this.readSoon();
  }

  /** Reads all watched sagas. */
  hintAll(): void {
    for (const sagaId of this.followers.keys()) this.hinted.add(sagaId);
    this.readSoon();
  }

  /** Drops all watches without notifying them. */
  close(): void {
    this.isClosed = true;
    this.cancelPoll?.();
    this.followers.clear();
  }

  private schedulePoll(): void {
    if (this.cancelPoll !== undefined || this.followers.size === 0 || this.isClosed) return;
    this.cancelPoll = this.surroundings.run(() =>
      this.clock.startTimer(this.intervalMs, () => {
        this.cancelPoll = undefined;
        this.hintAll();
        this.schedulePoll();
      }),
    );
  }

  /** One read serves several watches, so it runs in the surroundings of none of them. */
  private readSoon(): void {
    if (!this.isReading) this.surroundings.run(() => void this.readHinted());
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
    const sagaIds = [...this.hinted].slice(0, readBatchSize);
    for (const sagaId of sagaIds) this.hinted.delete(sagaId);
    const cursors = sagaIds.flatMap((sagaId) => this.cursorOf(sagaId) ?? []);
    if (cursors.length === 0) return;
    for (const news of await this.readNews(cursors)) {
      for (const follower of this.followers.get(news.sagaId) ?? []) this.tell(follower, news);
      if (news.isCut && this.followers.has(news.sagaId)) this.hinted.add(news.sagaId);
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

  private cursorOf(sagaId: string): JournalCursor | undefined {
    const group = this.followers.get(sagaId);
    if (group === undefined) return undefined;
    // One by one, because the number of arguments of a call is limited.
    let afterSeq = Number.MAX_SAFE_INTEGER;
    for (const { seq } of group) afterSeq = Math.min(afterSeq, seq);
    return { sagaId, afterSeq };
  }

  private tell(follower: Follower, news: JournalNews): void {
    const { header } = news;
    const { observer } = follower;
    if (header === undefined) {
      this.drop(follower);
      return this.protect(() => observer.onMissing());
    }
    for (const entry of news.entries) {
      if (entry.seq !== follower.seq + 1) continue;
      follower.seq = entry.seq;
      this.protect(() => observer.onEntry(entry, header));
      if (!this.isFollowing(follower)) return;
    }
    const lastSeq = news.entries.at(-1)?.seq ?? follower.seq;
    if (news.isCut || follower.seq < lastSeq) return;
    if (!isEnd(header)) {
      if (observer.onCaughtUp !== undefined) this.protect(() => observer.onCaughtUp?.());
      return;
    }
    this.drop(follower);
    this.protect(() => observer.onEnd(header, lastSeq));
  }

  private isFollowing(follower: Follower): boolean {
    return this.followers.get(follower.sagaId)?.has(follower) ?? false;
  }

  private drop(follower: Follower): void {
    follower.observer = noObserver;
    const group = this.followers.get(follower.sagaId);
    if (group === undefined) return;
    group.delete(follower);
    if (group.size === 0) this.followers.delete(follower.sagaId);
    if (this.followers.size > 0) return;
    this.cancelPoll?.();
    this.cancelPoll = undefined;
  }

  private protect(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.onError(error);
    }
  }
}

/** The observer, bound to the surroundings of its watch. */
function bound(observer: JournalObserver, surroundings: Surroundings): JournalObserver {
  const within = surroundings.bind((tell: () => void) => tell());
  return {
    onEntry: (entry, header) => within(() => observer.onEntry(entry, header)),
    onEnd: (header, seq) => within(() => observer.onEnd(header, seq)),
    onMissing: () => within(() => observer.onMissing()),
    ...(observer.onCaughtUp === undefined ? {} : { onCaughtUp: () => within(() => observer.onCaughtUp?.()) }),
  };
}

function isPassing(error: unknown): boolean {
  return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome !== 'refused';
}

function isEnd(header: SagaHeading): boolean {
  return isTerminal(header.status) || header.status === SagaStatus.Stuck;
}
