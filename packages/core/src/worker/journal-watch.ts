import type { RecordedEntry } from '../execution/recorded-entry.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import type { CancelTimer, Clock } from '../ports/clock.js';
import type { JournalNews, SagaStorage } from '../ports/saga-storage.js';
import { noSurroundings } from '../ports/surroundings.js';
import type { Surroundings } from '../ports/surroundings.js';
import { bound, noObserver } from './journal-observer.js';
import type { JournalObserver } from './journal-observer.js';
import { NewsReader } from './news-reader.js';
import type { NewsTarget } from './news-reader.js';
import type { EntrySubscriber } from './publication-feed.js';
import type { RunNews } from './run-news.js';

interface Watch {
  readonly sagaId: string;
  observer: JournalObserver;
  seq: number;
}

/**
 * Watches journals, whatever process writes them: entries of this process are passed on at once, the others are read
 * after a hint and at every interval. One read serves all watched sagas, including those that this process runs. Without
 * watches and runs nothing is read.
 */
export class JournalWatch implements EntrySubscriber, NewsTarget {
  private readonly watches = new Map<string, Set<Watch>>();
  private readonly reader: NewsReader;
  private runs: RunNews | undefined;
  private cancelPoll: CancelTimer | undefined;
  private isClosed = false;

  constructor(
    storage: SagaStorage,
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly onError: (error: unknown) => void,
    private readonly surroundings: Surroundings = noSurroundings,
  ) {
    this.reader = new NewsReader(storage, surroundings, this, onError);
  }

  /** Whether it was closed: observers are not notified any more. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** The number of watches. */
  get size(): number {
    let size = 0;
    for (const group of this.watches.values()) size += group.size;
    return size;
  }

  /** Watches the sagas that run here for their executors. Undefined: they are not watched any more. */
  watchRuns(runs: RunNews | undefined): void {
    this.runs = runs;
    if (runs === undefined) this.endPoll();
    else this.schedulePoll();
  }

  /**
   * Notifies the observer of all entries after `afterSeq`, past and future ones, in the surroundings of this call.
   *
   * @returns The function that ends the watch; the saga itself continues.
   */
  watch(sagaId: string, afterSeq: number, observer: JournalObserver): () => void {
    const watch: Watch = { sagaId, observer: bound(observer, this.surroundings), seq: afterSeq };
    const group = this.watches.get(sagaId);
    if (group === undefined) this.watches.set(sagaId, new Set([watch]));
    else group.add(watch);
    // This process will publish the entries that it has not recorded yet: only earlier ones have to be read.
    const seqHere = this.runs?.seqOf(sagaId);
    if (seqHere === undefined || seqHere > afterSeq) this.hint(sagaId);
    this.schedulePoll();
    return () => this.drop(watch);
  }

  /** Publishes entries that this process has just made durable, or read: they follow each other without a gap. */
  publish(entries: readonly JournalEntry[], header: SagaHeading): void {
    const { sagaId } = header;
    const group = this.watches.get(sagaId);
    const first = entries[0]?.seq;
    if (group === undefined || first === undefined) return;
    for (const watch of group) {
      if (first > watch.seq + 1) this.hint(sagaId);
      else this.pass(watch, { sagaId, header, entries, isCut: false });
    }
  }

  /** Publishes a durable entry of this process. */
  recorded({ after, header, entry }: RecordedEntry): void {
    if (!this.watches.has(header.sagaId)) return;
    const { status, failure, stuck, park } = after;
    this.publish([entry], {
      ...header,
      status,
      failure,
      stuck: status === 'stuck' ? stuck : undefined,
      waiting: park && { for: park.for, name: park.name },
    });
  }

  /** The saga may have new entries: they are read soon. */
  hint(sagaId: string): void {
    const isWanted = this.watches.has(sagaId) || this.runs?.seqOf(sagaId) !== undefined;
    if (isWanted && !this.isClosed) this.reader.hint([sagaId]);
  }

  /** Drops all watches without notifying them. */
  close(): void {
    this.isClosed = true;
    this.reader.close();
    this.cancelPoll?.();
    this.watches.clear();
  }

  seqOf(sagaId: string): number | undefined {
    // One by one, because the number of arguments of a call is limited.
    let first = this.runs?.seqOf(sagaId);
    for (const { seq } of this.watches.get(sagaId) ?? [])
      first = Math.min(first ?? Number.MAX_SAFE_INTEGER, seq);
    return first;
  }

  passed(news: JournalNews): void {
    this.runs?.passed(news);
    for (const watch of this.watches.get(news.sagaId) ?? []) this.pass(watch, news);
  }

  private schedulePoll(): void {
    if (this.cancelPoll !== undefined || this.isIdle || this.isClosed) return;
    this.cancelPoll = this.surroundings.run(() =>
      this.clock.startTimer(this.intervalMs, () => {
        this.cancelPoll = undefined;
        this.reader.hint([...this.watches.keys(), ...(this.runs?.withoutProgress() ?? [])]);
        this.schedulePoll();
      }),
    );
  }

  private endPoll(): void {
    if (!this.isIdle) return;
    this.cancelPoll?.();
    this.cancelPoll = undefined;
  }

  private get isIdle(): boolean {
    return this.watches.size === 0 && this.runs === undefined;
  }

  private pass(watch: Watch, news: JournalNews): void {
    const { header } = news;
    const { observer } = watch;
    if (header === undefined) {
      this.drop(watch);
      return this.protect(() => observer.onMissing());
    }
    for (const entry of news.entries) {
      if (entry.seq !== watch.seq + 1) continue;
      watch.seq = entry.seq;
      this.protect(() => observer.onEntry(entry, header));
      if (!this.isWatching(watch)) return;
    }
    const lastSeq = news.entries.at(-1)?.seq ?? watch.seq;
    if (news.isCut || watch.seq < lastSeq) return;
    if (!isEnd(header)) {
      if (observer.onCaughtUp !== undefined) this.protect(() => observer.onCaughtUp?.());
      return;
    }
    this.drop(watch);
    this.protect(() => observer.onEnd(header, lastSeq));
  }

  private isWatching(watch: Watch): boolean {
    return this.watches.get(watch.sagaId)?.has(watch) ?? false;
  }

  private drop(watch: Watch): void {
    watch.observer = noObserver;
    const group = this.watches.get(watch.sagaId);
    if (group === undefined) return;
    group.delete(watch);
    if (group.size === 0) this.watches.delete(watch.sagaId);
    this.endPoll();
  }

  private protect(notify: () => void): void {
    try {
      notify();
    } catch (error) {
      this.onError(error);
    }
  }
}

function isEnd(header: SagaHeading): boolean {
  return isTerminal(header.status) || header.status === SagaStatus.Stuck;
}
