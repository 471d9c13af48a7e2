import type { JournalNews } from '../ports/saga-storage.js';
import type { RunningSagas } from './running-sagas.js';

/** Watches the journals of the running sagas for their executors: for a request, or another worker's claim. */
export class RunNews {
  private lastSeen = new Map<string, number>();

  constructor(private readonly running: RunningSagas) {}

  /** The `seq` of the last entry of a saga that its executor knows; undefined if it does not run. */
  seqOf(sagaId: string): number | undefined {
    return this.running.get(sagaId)?.executor.seq;
  }

  /** The sagas without progress since the last call. A busy worker with short steps has almost none. */
  withoutProgress(): readonly string[] {
    const seen = new Map<string, number>();
    const sagaIds: string[] = [];
    for (const [sagaId, { executor }] of this.running.all()) {
      seen.set(sagaId, executor.seq);
      if (this.lastSeen.get(sagaId) === executor.seq) sagaIds.push(sagaId);
    }
    this.lastSeen = seen;
    return sagaIds;
  }

  /** Passes news to the executor of their saga, if another writer wrote them. */
  passed({ sagaId, entries }: JournalNews): void {
    const saga = this.running.get(sagaId);
    if (saga === undefined) return;
    const { executor, worker } = saga;
    if (entries.some((entry) => entry.worker !== worker && entry.seq > executor.seq)) executor.notice();
  }
}
