import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { ReleaseRequest, SagaStorage } from '../ports/saga-storage.js';
import type { RunningSagas } from './running-sagas.js';

/**
 * Gives sagas back that this process does not run any more, or never did. What cannot be given back now is found by the
 * sweeps: of this worker as strays, or of others once its lease is over.
 */
export class Handover {
  private readonly collected: ReleaseRequest[] = [];
  /** Acts without a record of sagas that could not be given back yet. */
  private readonly untold = new Map<string, readonly string[]>();

  constructor(
    private readonly storage: SagaStorage,
    private readonly running: RunningSagas,
    private readonly batchSize: number,
    private readonly listener: SagaListener | undefined,
  ) {}

  /**
   * Gives a saga back now. Marked meanwhile, so that no start of the same id takes it up, and no sweep takes it for a
   * stray. Never rejects.
   */
  release(request: ReleaseRequest): Promise<void> {
    return this.releaseAll([request]);
  }

  /** Gives a saga back with others, at `releaseCollected`. */
  collect(request: ReleaseRequest): void {
    this.collected.push(request);
  }

  /** Never rejects. */
  async releaseCollected(): Promise<void> {
    while (this.collected.length > 0) await this.releaseAll(this.collected.splice(0, this.batchSize));
  }

  /**
   * Gives back what is this worker's in the storage alone: the answer of a claim or a start was lost. Nobody ran it, so
   * the next claim is no recovery. Where its journal ends is the storage's to say: one that cannot be read is given
   * back like the others. Never rejects.
   */
  async releaseStrays(worker: string, sagaIds: readonly string[]): Promise<void> {
    for (let index = 0; index < sagaIds.length; index += this.batchSize) {
      const batch = sagaIds
        .slice(index, index + this.batchSize)
        .filter((sagaId) => !this.running.knows(sagaId));
      const why = { worker, seq: undefined, reason: 'quarantine', delayMs: 0 } as const;
      await this.releaseAll(
        batch.map((sagaId) => ({ sagaId, ...why, begun: this.untold.get(sagaId) ?? [] })),
      );
    }
  }

  private async releaseAll(requests: readonly ReleaseRequest[]): Promise<void> {
    const marked = requests.filter(({ sagaId }) => this.running.markStarting(sagaId));
    try {
      await this.storage.release(requests);
      for (const { sagaId } of requests) this.untold.delete(sagaId);
    } catch (error) {
      for (const { sagaId, begun } of requests) if (begun.length > 0) this.untold.set(sagaId, begun);
      const operation = 'release';
      notifyWorker(this.listener, { type: 'storage-failed', operation, sagaId: undefined, error });
    }
    for (const { sagaId } of marked) this.running.unmarkStarting(sagaId);
  }
}
