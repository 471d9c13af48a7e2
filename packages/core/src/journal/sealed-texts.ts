import type { ContextCodec } from '../context/context-codec.js';
import type { SagaFailure, SagaStuck } from '../errors/saga-failure.js';
import type { HeaderChange } from './header-change.js';
import { isFailedDecision } from './guards.js';
import type { EntryDraft } from './journal-entry.js';
import type { Decisions } from './saga-path.js';

/** The beginning of a text that a codec encoded: all other texts were written without encryption. */
const mark = 'encrypted:';
const unreadable = '(encrypted: this process cannot read it)';

/** An entry and its header change without readable texts. Only for a codec that encrypts. */
export function sealTexts<Written extends { readonly entry: EntryDraft; readonly change?: HeaderChange }>(
  codec: ContextCodec,
  written: Written,
): Written {
  const seal: MapText = (text, name) => mark + codec.encode(text, name);
  const { entry, change } = written;
  const sealed = { ...written, entry: withTexts(entry, seal) };
  return change === undefined ? sealed : { ...sealed, change: headerWithTexts(change, seal) };
}

/** An entry with its texts as they were before `sealTexts`. A text that cannot be decoded is replaced by a sentence. */
export function openEntry<Entry extends EntryDraft>(codec: ContextCodec, entry: Entry): Entry {
  return withTexts(entry, opener(codec));
}

/** A header with its texts as they were before `sealTexts`. */
export function openHeader<Header extends FailureTexts>(codec: ContextCodec, header: Header): Header {
  return headerWithTexts(header, opener(codec));
}

const hide: MapText = () => '(encrypted)';

/** An entry without its texts, for logs and traces. */
export function hideEntryTexts<Entry extends EntryDraft>(entry: Entry): Entry {
  return withTexts(entry, hide);
}

/** A state without its texts, for logs and traces. */
export function hideStateTexts<State extends FailureTexts>(state: State): State {
  return headerWithTexts(state, hide);
}

interface FailureTexts {
  readonly failure: SagaFailure | undefined;
  readonly stuck: SagaStuck | undefined;
}

type MapText = (text: string, name: string) => string;

function opener(codec: ContextCodec): MapText {
  return (text) => {
    if (!text.startsWith(mark)) return text;
    try {
      return String(codec.decode(text.slice(mark.length)));
    } catch {
      return unreadable;
    }
  };
}

/** The properties that are texts of people or of errors, in every kind of entry. */
const textNames = ['note', 'title', 'message'] as const;

function withTexts<Entry extends EntryDraft>(entry: Entry, map: MapText): Entry {
  const names = entry.kind === 'cancel-requested' ? [...textNames, 'reason'] : textNames;
  const mapped = mapTexts(entry, names, map);
  const withPath =
    'path' in mapped && mapped.path?.decisions !== undefined
      ? { ...mapped, path: { ...mapped.path, decisions: decisionsWithTexts(mapped.path.decisions, map) } }
      : mapped;
  return 'error' in withPath && withPath.error !== undefined
    ? { ...withPath, error: mapTexts(withPath.error, ['message'], map) }
    : withPath;
}

function decisionsWithTexts(decisions: Decisions, map: MapText): Decisions {
  const mapped = Object.entries(decisions).map(([id, decision]) =>
    isFailedDecision(decision) ? [id, { error: mapTexts(decision.error, ['message'], map) }] : [id, decision],
  );
  return Object.fromEntries(mapped) as Decisions;
}

function headerWithTexts<Header extends FailureTexts>(header: Header, map: MapText): Header {
  const { failure, stuck } = header;
  return {
    ...header,
    failure: failure && mapTexts(failure, ['message'], map),
    stuck: stuck && mapTexts(stuck, ['message'], map),
  };
}

/** A copy with these texts mapped, and those of its cause. */
function mapTexts<Given extends object>(given: Given, names: readonly string[], map: MapText): Given {
  const mapped = { ...given };
  for (const name of names) {
    const text: unknown = Reflect.get(mapped, name);
    if (typeof text === 'string') Reflect.set(mapped, name, map(text, name));
  }
  const cause: unknown = Reflect.get(mapped, 'cause');
  if (typeof cause === 'object' && cause !== null) Reflect.set(mapped, 'cause', mapTexts(cause, names, map));
  return mapped;
}
