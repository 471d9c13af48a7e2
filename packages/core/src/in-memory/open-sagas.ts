import { MomentQueue } from '../collections/moment-queue.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen } from '../journal/saga-status.js';
import { isClaimable } from './stored-saga.js';

/** The indexes of the sagas that have not ended: those that a worker may claim, and those of each worker. */
export class OpenSagas {
  private readonly due = new Set<string>();
  /** Sagas without an owner that are not due yet, so that a claim does not visit them. */
  private readonly parked = new MomentQueue<string>();
  private readonly owned = new Map<string, Set<string>>();

  constructor(private readonly headerOf: (sagaId: string) => SagaHeader | undefined) {}

  /** Adds a saga if it has not ended. Returns whether a worker can claim it now. */
  add(header: SagaHeader, now: number): boolean {
    const { sagaId, owner, nextRunAt, status } = header;
    if (!isOpen(status)) return false;
    if (owner === undefined) {
      if (this.becomeDue(header, now)) return true;
      if (nextRunAt !== undefined) this.parked.add(nextRunAt.getTime(), sagaId);
      return false;
    }
    const ids = this.owned.get(owner);
    if (ids === undefined) this.owned.set(owner, new Set([sagaId]));
    else ids.add(sagaId);
    return false;
  }

  /** Removes a saga, given the header with which it was added. */
  remove({ sagaId, owner }: SagaHeader): void {
    this.due.delete(sagaId);
    if (owner === undefined) return;
    const ids = this.owned.get(owner);
    ids?.delete(sagaId);
    if (ids?.size === 0) this.owned.delete(owner);
  }

  /** The sagas that a worker can claim at this time, in the order in which they became due. */
  claimable(now: number): readonly string[] {
    for (const sagaId of this.parked.takeDue(now)) this.becomeDue(this.headerOf(sagaId), now);
    return [...this.due];
  }

  /** The sagas of these workers. */
  ownedBy(isOwner: (worker: string) => boolean): readonly string[] {
    return [...this.owned].filter(([worker]) => isOwner(worker)).flatMap(([, ids]) => [...ids]);
  }

  private becomeDue(header: SagaHeader | undefined, now: number): boolean {
    // It may have been claimed since, or parked again: then it is in the queue again.
    if (header === undefined || !isClaimable(header, now)) return false;
    this.due.add(header.sagaId);
    return true;
  }
}
