import type { Json } from '../context/context-codec.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { SagaWaiting } from './park.js';
import type { SagaStatus } from './saga-status.js';

/**
 * One execution in one row: what it is, where it stands and who runs it. Its status is a projection of the journal,
 * and it is written only when the status or the owner changes.
 */
export interface SagaHeader {
  /** A UUID in lower case. */
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
  /** The caller's own name for this business action; unique in its saga. */
  readonly key: string | undefined;
  readonly status: SagaStatus;
  /** The worker that runs it; undefined while nobody does. */
  readonly owner: string | undefined;
  /**
   * From when on a worker may claim it, while it has no owner and is open. Undefined then: it waits for something that
   * has no time.
   */
  readonly nextRunAt: Date | undefined;
  /** What it waits for until then, without an owner. */
  readonly waiting: SagaWaiting | undefined;
  /** The context it was started with; the journal's entries carry what became of it. */
  readonly context: Json;
  /** Set once the decision to compensate is durable. */
  readonly failure: SagaFailure | undefined;
  /** Set while it is STUCK. */
  readonly stuck: SagaStuck | undefined;
  /** What travels with the saga beside its context, for example `traceparent`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  /** When the header last changed. */
  readonly updatedAt: Date;
}

/** A header without its context, which can be large. */
export type SagaHeading = Omit<SagaHeader, 'context'>;
