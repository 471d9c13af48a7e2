import type { AppendRequest, LoadedSaga } from '@nest-saga/core';
import type {
  Acknowledgement,
  EmittedEvent,
  LeaseSpan,
  LedgerRow,
  WatchedResult,
  WatcherRecord,
} from '@nest-saga/testing';
import type { CallFault, PlannedFault } from './run-plan.js';

type Writable<Row> = { -readonly [Field in keyof Row]: Row[Field] };

/** A ledger's row while its handler runs. */
export type OpenLedgerRow = Writable<LedgerRow>;

/** A place where a process can die: right before a call of the storage happens, or right after. */
export interface CrashPlace extends PlannedFault<CallFault> {
  readonly kind: 'crash-before' | 'crash-after';
}

/** The evidence of a run for the checker, recorded as it happens. */
export class RunRecord {
  readonly acknowledgements: Acknowledgement[] = [];
  readonly ledger: OpenLedgerRow[] = [];
  readonly snapshots: LoadedSaga[] = [];
  readonly watchers: WatcherRecord[] = [];
  readonly emitted: EmittedEvent[] = [];
  /** Events that the plan does not explain. */
  readonly surprises: string[] = [];
  /** The number of storage calls of all processes. */
  calls = 0;
  /** The faults that struck, in order. */
  readonly faults: string[] = [];
  /** Grows with every durable change and every change of the outside world. */
  revision = 0;
  /** The places where a crash would have another result than at the place before. */
  readonly places: CrashPlace[] = [];
  /** The number of calls in flight, whether their callers are alive or not. */
  underway = 0;
  /** The number of calls that happened: while it does not grow, a reader of the storage has seen everything. */
  writes = 0;
  /** The last durable `seq` of each saga. */
  readonly durableSeqs = new Map<string, number>();
  /**
   * The number of durable retries by an operator who has fixed the compensations: all except those after too many
   * crashes.
   */
  operatorRounds = 0;
  private isStuckByCrashes = false;
  private placeRevision = -1;
  private readonly leaseSpans = new Map<string, Writable<LeaseSpan>>();

  get leases(): readonly LeaseSpan[] {
    return [...this.leaseSpans.values()];
  }

  /** Called when the run is at a place where a process can die. */
  passed(call: number, kind: CrashPlace['kind']): void {
    if (this.placeRevision === this.revision) return;
    this.placeRevision = this.revision;
    this.places.push({ call, kind });
  }

  /** Called when an entry is durable. */
  stored({ sagaId, seq, entry }: AppendRequest): void {
    this.revision++;
    this.durableSeqs.set(sagaId, seq);
    if (entry.kind === 'stuck') this.isStuckByCrashes = true;
    if (entry.kind !== 'retry-requested') return;
    if (!this.isStuckByCrashes) this.operatorRounds++;
    this.isStuckByCrashes = false;
  }

  registered(worker: string, process: string, at: number, durationMs: number): void {
    this.revision++;
    this.leaseSpans.set(worker, { process, worker, validFrom: at, validUntil: at + durationMs });
  }

  renewed(worker: string, at: number, durationMs: number): void {
    const span = this.leaseSpans.get(worker);
    if (span !== undefined) span.validUntil = at + durationMs;
  }

  removed(worker: string, at: number): void {
    this.revision++;
    const span = this.leaseSpans.get(worker);
    if (span !== undefined) span.validUntil = Math.min(span.validUntil, at);
  }

  /** Called when a listener got a result. */
  told(process: string, sagaId: string, result: WatchedResult): void {
    this.watchers.push({ watcher: process, sagaId, fromSeq: result.seq - 1, seen: [result], isEnded: false });
  }
}
