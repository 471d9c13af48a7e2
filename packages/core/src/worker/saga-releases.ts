import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { ReleaseRequest, SagaStorage } from '../ports/saga-storage.js';
import type { RunningSagas } from './running-sagas.js';

/**
 * Releases sagas that this process does not run any more, or never did. If a release fails, a sweep finds the saga:
 * this worker's sweep as a stray, or another worker's sweep after the end of this lease.
 */
export class SagaReleases {
  private readonly collected: ReleaseRequest[] = [];
  /** Acts without an entry, of sagas whose release failed so far. */
  private readonly unrecordedActs = new Map<string, readonly string[]>();

  constructor(
    private readonly storage: SagaStorage,
    private readonly running: RunningSagas,
    private readonly batchSize: number,
    private readonly listener: SagaListener | undefined,
  ) {}

  /**
   * Releases a saga now. Until then it is marked, so that no start with the same id runs it, and no sweep takes it for
   * a stray. Never rejects.
   */
  release(request: ReleaseRequest): Promise<void> {
    return this.releaseAll([request]);
  }

  /** Releases a saga together with others, at `releaseCollected`. */
  collect(request: ReleaseRequest): void {
    this.collected.push(request);
  }

  /** Never rejects. */
  async releaseCollected(): Promise<void> {
    while (this.collected.length > 0) await this.releaseAll(this.collected.splice(0, this.batchSize));
  }

  /**
   * Releases sagas that only the storage counts as this worker's: the answer to a claim or a start was lost. They never
   * ran here, so the next claim does not count as a recovery. The storage finds the end of their journals: an
   * unreadable one is released like the others. Never rejects.
   */
  async releaseStrays(worker: string, sagaIds: readonly string[]): Promise<void> {
    for (let index = 0; index < sagaIds.length; index += this.batchSize) {
      const batch = sagaIds
        .slice(index, index + this.batchSize)
        .filter((sagaId) => !this.running.isHandling(sagaId));
      const why = { worker, seq: undefined, reason: 'quarantine', delayMs: 0 } as const;
      await this.releaseAll(
        batch.map((sagaId) => ({ sagaId, ...why, begun: this.unrecordedActs.get(sagaId) ?? [] })),
      );
    }
  }

  private async releaseAll(requests: readonly ReleaseRequest[]): Promise<void> {
    const marked = requests.filter(({ sagaId }) => this.running.markStarting(sagaId));
    try {
      await this.storage.release(requests);
      for (const { sagaId } of requests) this.unrecordedActs.delete(sagaId);
    } catch (error) {
      for (const { sagaId, begun } of requests) if (begun.length > 0) this.unrecordedActs.set(sagaId, begun);
      const operation = 'release';
      notifyWorker(this.listener, { type: 'storage-failed', operation, sagaId: undefined, error });
    }
    for (const { sagaId } of marked) this.running.unmarkStarting(sagaId);
  }
}
