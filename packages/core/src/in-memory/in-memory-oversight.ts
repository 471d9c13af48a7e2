import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen } from '../journal/saga-status.js';
import type { Clock } from '../ports/clock.js';
import { checkListLimit } from '../ports/list-limit.js';
import type {
  AuditedAct,
  AuditRecord,
  FailedDelivery,
  SagaOversight,
  WorkerRecord,
} from '../ports/saga-oversight.js';
import { redeliverAction } from '../ports/saga-oversight.js';
import type { StoredSaga } from './stored-saga.js';

/** The lease of a worker. */
export interface WorkerLeaseRow {
  readonly startedAt: number;
  /** By the monotonic clock. */
  readonly expiresAt: number;
}

/** The oversight of the sagas in memory. */
export class InMemoryOversight implements SagaOversight {
  private readonly acts: AuditRecord[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly sagas: () => Iterable<StoredSaga>,
    private readonly workers: ReadonlyMap<string, WorkerLeaseRow>,
    /** The acts on messages, which the outbox keeps. */
    private readonly ofMessages: readonly AuditRecord[],
  ) {}

  async record(act: AuditedAct): Promise<void> {
    this.acts.push({ ...act, at: new Date(this.clock.now()) });
  }

  async listAudit(sagaId: string, limit: number): Promise<readonly AuditRecord[]> {
    const about = [...this.ofMessages, ...this.acts].filter((act) => act.sagaId === sagaId);
    return about
      .map(({ actor, action, seq, note, at }) => ({ actor, action, sagaId, seq, note, at }))
      .toReversed()
      .toSorted((one, other) => other.at.getTime() - one.at.getTime())
      .slice(0, checkListLimit(limit));
  }

  async listWorkers(): Promise<readonly WorkerRecord[]> {
    const now = this.clock.monotonicNow();
    const owned = this.countOwned();
    return [...this.workers]
      .map(([worker, { startedAt, expiresAt }]) => ({
        worker,
        startedAt: new Date(startedAt),
        isAlive: expiresAt > now,
        leaseMs: expiresAt - now,
        owned: owned.get(worker) ?? 0,
      }))
      .toSorted(
        (one, other) =>
          Number(other.isAlive) - Number(one.isAlive) || one.startedAt.getTime() - other.startedAt.getTime(),
      );
  }

  async listFailedDeliveries(limit: number): Promise<readonly FailedDelivery[]> {
    return [...this.sagas()]
      .flatMap((saga) => this.failedIn(saga))
      .toSorted((one, other) => other.recordedAt.getTime() - one.recordedAt.getTime())
      .slice(0, checkListLimit(limit));
  }

  private failedIn({ header: { sagaId, saga }, written }: StoredSaga): readonly FailedDelivery[] {
    return written.flatMap(({ seq, entry, recordedAt }) => {
      if (entry.kind !== 'delivery-failed' || this.wasRepeated(sagaId, entry.emittedSeq, recordedAt))
        return [];
      const { emittedSeq, handler, error } = entry;
      const { name, message } = error;
      return [
        {
          sagaId,
          saga,
          seq,
          emittedSeq,
          handler,
          error: { name, message },
          recordedAt: new Date(recordedAt),
        },
      ];
    });
  }

  private wasRepeated(sagaId: string, emittedSeq: number, since: number): boolean {
    return this.acts.some(
      (act) =>
        act.sagaId === sagaId &&
        act.action === redeliverAction &&
        act.seq === emittedSeq &&
        act.at.getTime() >= since,
    );
  }

  private countOwned(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { header } of this.sagas()) {
      if (isOwnedAndOpen(header)) counts.set(header.owner, (counts.get(header.owner) ?? 0) + 1);
    }
    return counts;
  }
}

function isOwnedAndOpen(header: SagaHeader): header is SagaHeader & { readonly owner: string } {
  return header.owner !== undefined && isOpen(header.status);
}
