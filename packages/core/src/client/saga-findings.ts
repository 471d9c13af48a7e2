import type { Json } from '../context/context-codec.js';
import { hydrate } from '../context/hydrate.js';
import { placedDefinition } from '../definition/placed-definition.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { readSafely } from '../identity/thrown.js';
import { decodeEvents } from '../journal/emitted-events.js';
import { fits } from '../journal/fits.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaOutline } from '../ports/saga-storage.js';

/** A reason why this build cannot continue a saga as its journal has it. */
export interface SagaFinding {
  /**
   * `not-registered`: this build does not have the saga in its version. `unreadable`: an entry was written by a release that
   * knows more. `definition-mismatch`: the steps of this build are not those of the journal. `undecodable`: the codec of the
   * saga refuses a stored value.
   */
  readonly kind: 'not-registered' | 'unreadable' | 'definition-mismatch' | 'undecodable';
  /** The reason in words, with the stage or the value. */
  readonly message: string;
  /** The `seq` of the entry with the value, or before the unreadable one. Absent for the definition and for contexts. */
  readonly seq?: number;
}

/** The findings by the outline of a saga: everything except the values of its entries. Pure. */
export function findingsOf(
  definition: SagaDefinition | undefined,
  outline: SagaOutline,
): readonly SagaFinding[] {
  const { header, entries, isWhole } = outline;
  if (definition === undefined)
    return [
      {
        kind: 'not-registered',
        message: `"${header.saga}" version ${header.version} is not registered`,
      },
    ];
  if (!isWhole) {
    const seq = entries.at(-1)?.seq ?? 0;
    return [{ kind: 'unreadable', message: `the entry after ${seq} was written by a later release`, seq }];
  }
  const problem = fits(definition, foldJournal(header, entries));
  return [
    ...(problem === undefined ? [] : [{ kind: 'definition-mismatch', message: problem } as const]),
    ...undecodable('the context of the start', undefined, () =>
      readContext(definition, outline, header.context),
    ),
    ...undecodable('the latest context', undefined, () => readContext(definition, outline, outline.context)),
  ];
}

/** The findings by the values of one entry. Pure. */
export function findingsOfValues(
  definition: SagaDefinition,
  sagaId: string,
  entry: JournalEntry,
): readonly SagaFinding[] {
  const { codec } = placedDefinition(definition, { sagaId });
  const { response, events, payload } = entry as Values;
  const { seq } = entry;
  return [
    ...(response === undefined ? [] : undecodable('the response', seq, () => codec.decode(response))),
    ...(events === undefined ? [] : undecodable('the events', seq, () => decodeEvents(codec, events))),
    ...(payload === undefined ? [] : undecodable('the payload', seq, () => codec.decode(payload))),
  ];
}

interface Values {
  readonly response?: Json;
  readonly events?: Json;
  readonly payload?: Json;
}

function readContext(definition: SagaDefinition, { header }: SagaOutline, context: Json): unknown {
  const placed = placedDefinition(definition, header);
  return hydrate(placed.context, placed.codec.decode(context));
}

function undecodable(what: string, seq: number | undefined, decode: () => unknown): readonly SagaFinding[] {
  try {
    decode();
    return [];
  } catch (error) {
    const message = `${what}${seq === undefined ? '' : ` in entry ${seq}`} cannot be decoded: ${String(readSafely(error, 'message'))}`;
    return [{ kind: 'undecodable', message, ...(seq === undefined ? {} : { seq }) }];
  }
}
