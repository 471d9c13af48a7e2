import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { SagaSubscriber } from './saga-outbox.js';

/** A delivery of the end of a saga to a handler. */
export interface SagaDelivery {
  /** `sagaId:seq`: the same at each repetition, so that a handler can ignore it. */
  readonly id: string;
  /** The entry of the journal that ended the saga or made it STUCK. */
  readonly seq: number;
  /** The name of the handler in the storage. */
  readonly subscriber: string;
  /** From 1. */
  readonly attempt: number;
}

/** The end of a saga, or the state in which it got stuck, as the journal has it at that entry. */
export interface DeliveredOutcome {
  readonly sagaId: string;
  readonly saga: string;
  readonly status: 'completed' | 'failed' | 'stuck';
  readonly context: unknown;
  readonly failure: SagaFailure | undefined;
  readonly stuck: SagaStuck | undefined;
  readonly cause: unknown;
}

/** A handler of this process for ends of sagas. */
export interface SagaSubscription extends SagaSubscriber {
  /** Handles the end. It is called again after an attempt that threw, rejected or took too long. */
  handle(outcome: DeliveredOutcome, delivery: SagaDelivery): unknown;
}
