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
  /** The faults that struck, in order. */
  readonly faults: string[] = [];
  /** Grows with everything that is durable and everything that the outside world sees. */
  revision = 0;
  /** Where a crash would leave something else behind than at the place before. */
  readonly places: CrashPlace[] = [];
  /** Calls that are on their way to it, their callers dead or alive. */
  underway = 0;
  /** Calls of it that happened: whoever looks at the storage has seen all while this stands still. */
  writes = 0;
  /** The last durable place of each saga. */
  readonly durableSeqs = new Map<string, number>();
  /** Durable retries by an operator who has mended the compensations: all but those after too many crashes. */
  operatorRounds = 0;
  private isStuckByCrashes = false;
  private placeRevision = -1;
  private readonly leaseSpans = new Map<string, Writable<LeaseSpan>>();

  get leases(): readonly LeaseSpan[] {
    return [...this.leaseSpans.values()];
  }

  /** The run is at a place where a process can die. */
  passed(call: number, kind: CrashPlace['kind']): void {
    if (this.placeRevision === this.revision) return;
    this.placeRevision = this.revision;
    this.places.push({ call, kind });
  }

  /** An entry is durable. */
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

  /** A listener was told one result. */
  told(process: string, sagaId: string, result: WatchedResult): void {
    this.watchers.push({ watcher: process, sagaId, fromSeq: result.seq - 1, seen: [result], isEnded: false });
  }
}
