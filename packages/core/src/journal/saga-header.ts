import type { Json } from '../context/context-codec.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { SagaWaiting } from './park.js';
import type { SagaPath } from './saga-path.js';
import type { SagaStatus } from './saga-status.js';

/**
 * One execution in one row: its identity, its state and its owner. The status is a projection of the journal, and the
 * row is written only when the status or the owner changes.
 */
export interface SagaHeader {
  /** A UUID in lower case. */
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
  /** The caller's own name for this business action; unique in its saga. */
  readonly key: string | undefined;
  readonly status: SagaStatus;
  /** The worker that runs it; undefined if no worker does. */
  readonly owner: string | undefined;
  /**
   * When a worker may claim it, while it has no owner and is open. If it is undefined then, the saga waits for a
   * request.
   */
  readonly nextRunAt: Date | undefined;
  /**
   * By the clock of the storage: a saga that goes forward then is undone. Undefined if it has no deadline.
   */
  readonly deadlineAt: Date | undefined;
  /** The reason of its wait without an owner. */
  readonly waiting: SagaWaiting | undefined;
  /** The execution that started it and awaits its end. Undefined for a saga that was started by a caller. */
  readonly parentId: string | undefined;
  /** The execution that it undoes. Undefined unless it is a reversal. */
  readonly reverses: string | undefined;
  /** The decisions made at its start. Undefined for a saga whose first stage is under no condition. */
  readonly path: SagaPath | undefined;
  /** The context with which it was started; later contexts are in the entries. */
  readonly context: Json;
  /** Set when the decision to compensate is durable. */
  readonly failure: SagaFailure | undefined;
  /** Set while it is STUCK. */
  readonly stuck: SagaStuck | undefined;
  /** Texts that are stored with the saga beside its context, for example `traceparent`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The texts by which lists find it; absent if it has none. They never change. */
  readonly tags?: readonly string[];
  readonly createdAt: Date;
  /** The time of the last change of the header. */
  readonly updatedAt: Date;
}

/** A header without its context, which can be large. */
export type SagaHeading = Omit<SagaHeader, 'context'>;
