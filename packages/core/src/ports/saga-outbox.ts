import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';

/** The process that publishes a message at once; other processes leave the message alone until the lease is over. */
export interface OutboxLease {
  readonly relay: string;
  readonly durationMs: number;
}

/** A pointer to an entry, written together with it: a message of the entry is still to be delivered to this sink. */
export interface NewPointer {
  readonly sink: string;
  /** Absent: any relay delivers it. */
  readonly lease?: OutboxLease;
}

/** Which message: that of one entry for one sink. */
export interface OutboxPosition {
  readonly sagaId: string;
  readonly seq: number;
  readonly sink: string;
}

/** A message that a relay has leased, with what it is made of. */
export interface TakenMessage extends OutboxPosition {
  /** The attempts that failed so far. */
  readonly attempts: number;
  readonly header: SagaHeading;
  /** The entry with its events, without its context; undefined if this release cannot read it. */
  readonly entry: JournalEntry | undefined;
}

/** The request of a relay for messages to deliver. */
export interface TakeRequest {
  readonly relay: string;
  readonly sinks: readonly string[];
  /** Only messages of sagas with these names; undefined: of all. */
  readonly sagas?: readonly string[];
  /** Whether a parked message lets the later ones of its saga and sink pass. */
  readonly skipsParked: boolean;
  readonly limit: number;
  /** Other relays leave the messages alone for so long, in milliseconds. */
  readonly leaseMs: number;
}

/** A message that a relay could not deliver. */
export interface PostponeRequest extends OutboxPosition {
  readonly relay: string;
  /** Whether it counts as a failed attempt of this message. */
  readonly isFailure: boolean;
  /** No relay takes it before this time is over, in milliseconds. */
  readonly delayMs: number;
  /** A parked message waits for a person. */
  readonly parked: boolean;
}

/** A message in a list for people. */
export interface OutboxMessage extends OutboxPosition {
  readonly saga: string;
  readonly attempts: number;
  readonly parked: boolean;
  readonly nextTryAt: Date;
}

/** The filters of a list of messages. */
export interface OutboxListQuery {
  /** Only messages that wait for a person (`true`), or only the others (`false`). */
  readonly parked?: boolean;
  readonly sink?: string;
  readonly sagaId?: string;
  /** The end of the last page: opaque, from `OutboxPage.nextCursor`. */
  readonly cursor?: string;
  /** A whole number from 1 to 1,000, checked by `checkListLimit`. */
  readonly limit: number;
}

/** One page of messages, in the order of sagas, entries and sinks. */
export interface OutboxPage {
  readonly messages: readonly OutboxMessage[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

/** The messages that one sink has not got yet. */
export interface SinkSummary {
  readonly sink: string;
  /** Without those that are parked. */
  readonly undelivered: number;
  readonly parked: number;
  /** How long ago the oldest entry with a message that is not parked was recorded, in milliseconds; 0 if there is none. */
  readonly lagMs: number;
}

/** The end of a saga for which a subscriber is called. */
export type SagaEnding = 'completed' | 'failed' | 'stuck';

/** A handler of ends of sagas, in some process. */
export interface SagaSubscriber {
  /** Unique among all applications with this storage. */
  readonly name: string;
  /** Undefined: all sagas. */
  readonly saga: string | undefined;
  readonly ending: SagaEnding;
}

/** A subscriber as it is stored. */
export interface StoredSubscriber extends SagaSubscriber {
  /** When a process with this handler last began to work. */
  readonly seenAt: Date;
}

/** The person who acted on a message, and the reason: kept in the audit of the storage. */
export interface OutboxAct {
  readonly actor: string;
  readonly note: string | undefined;
}

/**
 * The messages that are still to be delivered, as pointers to entries of the journal: the journal has their content. A
 * pointer is written in the statement of its entry, and deleted only when its sink has acknowledged the message.
 *
 * The rules that all implementations follow, and that the contract suite in `@nest-saga/testing` checks:
 * - a pointer and its entry are stored together or not at all;
 * - `take` gives a message to one relay at a time, and only the first one of each saga and sink.
 */
export interface SagaOutbox {
  /** Leases messages that are due. Those that another call is taking are skipped. */
  take(request: TakeRequest): Promise<readonly TakenMessage[]>;
  /** Deletes messages that their sinks have acknowledged, even if another relay has leased them. */
  remove(positions: readonly OutboxPosition[]): Promise<void>;
  /** Returns messages that are still leased to their relay. */
  postpone(requests: readonly PostponeRequest[]): Promise<void>;
  list(query: OutboxListQuery): Promise<OutboxPage>;
  /** Counts and ages, one item for each sink with messages. */
  summarize(): Promise<readonly SinkSummary[]>;
  /** Makes a message due at once, with no failed attempt, parked or not. False: there is no such message. */
  redeliver(position: OutboxPosition, act: OutboxAct): Promise<boolean>;
  /** Deletes a message that no sink has acknowledged. False: there is no such message. */
  discard(position: OutboxPosition, act: OutboxAct): Promise<boolean>;
  /** Stores subscribers, or that they were seen again. */
  subscribe(subscribers: readonly SagaSubscriber[]): Promise<void>;
  listSubscribers(): Promise<readonly StoredSubscriber[]>;
  /** Deletes a subscriber and its messages. False: there is no such subscriber. */
  forgetSubscriber(name: string): Promise<boolean>;
}

/** The sink of the messages to a subscriber. */
export function sinkOfSubscriber(name: string): string {
  return `${subscriberPrefix}${name}`;
}

/** How the sinks of subscribers begin; no other sink does. */
export const subscriberPrefix = 'on:';
