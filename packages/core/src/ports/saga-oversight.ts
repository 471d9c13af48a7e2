/** What a person did that no journal can hold, because nothing of the saga changed, or because it has ended. */
export interface AuditedAct {
  /** 1 to 200 characters. */
  readonly actor: string;
  /** For example `reveal context` or `redeliver`: 1 to 200 characters. */
  readonly action: string;
  readonly sagaId: string;
  /** The `seq` of the entry that the act is about. */
  readonly seq: number | undefined;
  /** 1 to 1,000 characters. */
  readonly note: string | undefined;
}

/** An act in the audit, with its time by the clock of the storage. */
export interface AuditRecord extends AuditedAct {
  readonly at: Date;
}

/** The row of a worker. */
export interface WorkerRecord {
  readonly worker: string;
  readonly startedAt: Date;
  /** Whether its lease is valid, by the clock of the storage. */
  readonly isAlive: boolean;
  /** The remaining time of its lease in milliseconds; negative if it has expired. */
  readonly leaseMs: number;
  /** The number of open sagas that it owns. */
  readonly owned: number;
}

/** A handler that did not handle an event in all its attempts: an entry `delivery-failed`. */
export interface FailedDelivery {
  readonly sagaId: string;
  readonly saga: string;
  /** The `seq` of the entry `delivery-failed`. */
  readonly seq: number;
  /** The `seq` of the entry with the event, for a redelivery. */
  readonly emittedSeq: number;
  readonly handler: string;
  readonly error: { readonly name: string; readonly message: string };
  readonly recordedAt: Date;
}

/** What people need to operate sagas, beside the sagas themselves. No engine depends on it. */
export interface SagaOversight {
  /** Records an act. Resolves when it is durable. */
  record(act: AuditedAct): Promise<void>;
  /**
   * The last recorded acts about a saga, the newest first.
   *
   * @param limit A whole number from 1 to 1,000.
   */
  listAudit(sagaId: string, limit: number): Promise<readonly AuditRecord[]>;
  /** All workers with a row, those with a valid lease first, the oldest first. */
  listWorkers(): Promise<readonly WorkerRecord[]>;
  /**
   * The deliveries that failed and that no person has repeated since (an act `redeliver` with the `seq` of the entry with the
   * event), the newest first.
   *
   * @param limit A whole number from 1 to 1,000.
   */
  listFailedDeliveries(limit: number): Promise<readonly FailedDelivery[]>;
}

/** The action of the audit after which a failed delivery is not listed any more. */
export const redeliverAction = 'redeliver';
