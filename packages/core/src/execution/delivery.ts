import type { SagaDefinition } from '../definition/saga-definition.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import { isStepEntry } from '../journal/is-step-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { EventClasses } from './attempt-run.js';

/** An entry with events to deliver. */
export interface DeliveredEntry {
  readonly definition: SagaDefinition;
  readonly header: SagaHeader;
  readonly entry: JournalEntry;
  /** The classes of its events, if their attempt ran here. */
  readonly classes: EventClasses | undefined;
  /** Whether the journal says that the delivery of this event to this handler was given up. */
  isGivenUp(index: number, handler: string): boolean;
  /** Whether this process may no longer run the saga: its next owner delivers the events again. */
  isOver(): boolean;
}

/** A handler that did not handle an event in all its attempts. */
export interface FailedDelivery {
  /** The index of the event among those of its entry. */
  readonly index: number;
  readonly handler: string;
  readonly error: unknown;
}

/** Delivers the events of an entry: see `EventDeliveries`. */
export type Deliver = (delivered: DeliveredEntry) => Promise<readonly FailedDelivery[]> | undefined;

/** The events of a journal that its last owner may not have delivered: those of its last step entry. */
export interface UndeliveredEvents {
  readonly entry: JournalEntry;
  readonly isGivenUp: DeliveredEntry['isGivenUp'];
}

/** Before an owner writes one of these, the events of the entry before it are delivered. */
function isWrittenAfterDelivery(entry: JournalEntry): boolean {
  return isStepEntry(entry) || entry.kind === 'parked' || entry.kind === 'wait-ended';
}

/** The events that a new owner delivers again, if there are any. */
export function undeliveredEvents(entries: readonly JournalEntry[]): UndeliveredEvents | undefined {
  const entry = entries.findLast(isWrittenAfterDelivery);
  if (entry === undefined || !('events' in entry) || entry.events === undefined) return undefined;
  const givenUp = new Set(
    entries.flatMap((one) =>
      one.kind === 'delivery-failed' && one.emittedSeq === entry.seq ? [`${one.index} ${one.handler}`] : [],
    ),
  );
  return { entry, isGivenUp: (index, handler) => givenUp.has(`${index} ${handler}`) };
}
