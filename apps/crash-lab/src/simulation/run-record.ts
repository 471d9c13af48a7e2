import type { AppendRequest, LoadedSaga } from '@nest-saga/core';
import type {
  Acknowledgement,
  EmittedEvent,
  LeaseSpan,
  LedgerRow,
  WatchedResult,
  WatcherRecord,
} from '@nest-saga/testing';

type Writable<Row> = { -readonly [Field in keyof Row]: Row[Field] };

/** A ledger's row while its handler runs. */
export type OpenLedgerRow = Writable<LedgerRow>;

/** What a run leaves behind for the checker, written down as it happens. */
export class RunRecord {
  readonly acknowledgements: Acknowledgement[] = [];
  readonly ledger: OpenLedgerRow[] = [];
  readonly snapshots: LoadedSaga[] = [];
  readonly watchers: WatcherRecord[] = [];
  readonly emitted: EmittedEvent[] = [];
  /** What happened that nothing in the plan explains. */
  readonly surprises: string[] = [];
  /** Calls of the storage, by all processes. */
  calls = 0;
  /** Calls that are on their way to it, their callers dead or alive. */
  underway = 0;
  /** Calls of it that happened: whoever looks at the storage has seen all while this stands still. */
  writes = 0;
  /** The last durable place of each saga. */
  readonly durableSeqs = new Map<string, number>();
  /** Durable retries by an operator who has mended the compensations: all but those after too many crashes. */
  operatorRounds = 0;
  private isStuckByCrashes = false;
  private readonly leaseSpans = new Map<string, Writable<LeaseSpan>>();

  get leases(): readonly LeaseSpan[] {
    return [...this.leaseSpans.values()];
  }

  /** An entry is durable. */
  stored({ sagaId, seq, entry }: AppendRequest): void {
    this.durableSeqs.set(sagaId, seq);
    if (entry.kind === 'stuck') this.isStuckByCrashes = true;
    if (entry.kind !== 'retry-requested') return;
    if (!this.isStuckByCrashes) this.operatorRounds++;
    this.isStuckByCrashes = false;
  }

  registered(worker: string, process: string, at: number, durationMs: number): void {
    this.leaseSpans.set(worker, { process, validFrom: at, validUntil: at + durationMs });
  }

  renewed(worker: string, at: number, durationMs: number): void {
    const span = this.leaseSpans.get(worker);
    if (span !== undefined) span.validUntil = at + durationMs;
  }

  removed(worker: string, at: number): void {
    const span = this.leaseSpans.get(worker);
    if (span !== undefined) span.validUntil = Math.min(span.validUntil, at);
  }

  /** A listener was told one result. */
  told(process: string, sagaId: string, result: WatchedResult): void {
    this.watchers.push({ watcher: process, sagaId, fromSeq: result.seq - 1, seen: [result], isEnded: false });
  }
}
