import type { Json } from '../context/context-codec.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader, SagaHeading } from '../journal/saga-header.js';
import type { LoadedSaga, SagaOutline } from '../ports/saga-storage.js';
import { maximumBytesRead } from '../ports/read-limit.js';
import { toEntry } from './stored-saga.js';
import type { StoredSaga, WrittenEntry } from './stored-saga.js';

/** Limits the bytes of one read. */
export class ReadBudget {
  private bytes = 0;

  /** Whether a value fits into the read. The first one always does, however large it is. */
  takes(bytes: number): boolean {
    const isWithin = this.bytes < maximumBytesRead;
    if (isWithin) this.bytes += bytes;
    return isWithin;
  }
}

/** The header without its context. */
export function headingOf({ context: _context, ...heading }: SagaHeader): SagaHeading {
  return heading;
}

/** An entry in the form of news, without its context. */
export function newsOf(written: WrittenEntry): JournalEntry {
  return without(['context'], toEntry(written));
}

/** The approximate size of an entry as news, in bytes. */
export function newsSize({ entry }: WrittenEntry): number {
  const { response, events, payload }: Values = entry as Values;
  return sizeOf(response) + sizeOf(events) + sizeOf(payload);
}

/** The approximate size of an entry with all its values, in bytes. */
export function entrySize(written: WrittenEntry): number {
  return newsSize(written) + sizeOf((written.entry as Values).context);
}

/** The saga at this moment for its new owner, with the last context and the last events alone. */
export function claimOf({ header, written }: StoredSaga): LoadedSaga {
  const lasts = new Map(claimedOnce.map((name) => [name, lastWith(name, written)]));
  const entries = written.map((one) => {
    const others = claimedOnce.filter((name) => lasts.get(name) !== one);
    return without(others, toEntry(one));
  });
  return { header, entries };
}

const claimedOnce = ['context', 'events'] as const;

/** The saga at this moment, without the values that its steps made except the last context. */
export function outlineOf(stored: StoredSaga): SagaOutline {
  const { header, written } = stored;
  const entries = written.map((one) => without(['context', 'response', 'events', 'payload'], toEntry(one)));
  return { header, context: recordedContext(stored) ?? header.context, entries, isWhole: true };
}

/** The approximate size of an outline, in bytes. */
export function outlineSize(stored: StoredSaga): number {
  return sizeOf(stored.header.context) + sizeOf(recordedContext(stored));
}

interface Values {
  context?: Json;
  response?: Json;
  events?: Json;
  payload?: Json;
}

function recordedContext({ written }: StoredSaga): Json | undefined {
  return (lastWith('context', written)?.entry as Values | undefined)?.context;
}

function lastWith(name: keyof Values, written: readonly WrittenEntry[]): WrittenEntry | undefined {
  return written.findLast(({ entry }) => (entry as Values)[name] !== undefined);
}

function without(names: readonly (keyof Values)[], entry: JournalEntry): JournalEntry {
  const left: JournalEntry & Values = entry;
  for (const name of names) delete left[name];
  return left;
}

function sizeOf(value: Json | undefined): number {
  return value?.length ?? 0;
}
