import type { Json } from '../context/context-codec.js';
import { entryKinds } from '../journal/journal-entry.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import { pathProperties } from '../journal/saga-path.js';
import type { SagaPath } from '../journal/saga-path.js';
import { SagaStatus } from '../journal/saga-status.js';
import { fromStoredForm, toStoredForm } from './stored-forms.js';
import type { Properties } from './stored-forms.js';

/** An entry in the columns of a storage, beside its stamp. JSON is text. */
export interface EntryColumns {
  readonly kind: string;
  /** The status that results from the entry; null if it does not change. */
  readonly status: string | null;
  readonly step: string | null;
  readonly attempt: number | null;
  readonly context: Json | null;
  readonly response: Json | null;
  readonly error: string | null;
  readonly events: Json | null;
  /** A JSON object with every property that has no column of its own. */
  readonly detail: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

const columnNames: ReadonlySet<string> = new Set([
  'kind',
  'status',
  'step',
  'attempt',
  'context',
  'response',
  'error',
  'events',
  'startedAt',
  'finishedAt',
]);

/** Restores the values of `detail` that JSON changes. */
const revivers: Readonly<Record<string, (stored: never) => unknown>> = {
  retryAt: (stored: string) => new Date(stored),
  park: revivePark,
  wait: revivePark,
  path: revivePath,
};

/**
 * The columns of an entry of any kind; `fromEntryColumns` is the inverse. Earlier releases can read entries of the
 * kinds that they know.
 */
export function toEntryColumns(draft: EntryDraft): EntryColumns {
  const properties = toStoredForm(draft);
  // hot path, see ADR 0023: one literal and no rest spread, because this runs for every entry.
  return {
    kind: draft.kind,
    status: (properties['status'] as string | undefined) ?? null,
    step: (properties['step'] as string | undefined) ?? null,
    attempt: (properties['attempt'] as number | undefined) ?? null,
    context: (properties['context'] as Json | undefined) ?? null,
    response: (properties['response'] as Json | undefined) ?? null,
    error: properties['error'] === undefined ? null : JSON.stringify(properties['error']),
    events: (properties['events'] as Json | undefined) ?? null,
    detail: detailOf(properties),
    startedAt: (properties['startedAt'] as Date | undefined) ?? null,
    finishedAt: (properties['finishedAt'] as Date | undefined) ?? null,
  };
}

/**
 * The entry that was stored in these columns.
 *
 * @throws TypeError for an entry that this version does not know, or that lacks a required property of its kind: a
 * later release wrote it, and an unreadable journal is better than a misread one.
 */
export function fromEntryColumns(columns: EntryColumns): EntryDraft {
  const { kind, status } = columns;
  const needed = Object.hasOwn(entryKinds, kind) ? entryKinds[kind as EntryDraft['kind']] : undefined;
  if (needed === undefined) throw unknown('an entry', kind);
  if (status !== null && !statuses.has(status)) throw unknown('the status', status);
  const entry = fromStoredForm(kind, propertiesOf(columns));
  for (const name of needed)
    if (entry[name] === undefined) throw new TypeError(`An entry "${kind}" of the journal has no "${name}".`);
  return entry as unknown as EntryDraft;
}

interface StoredPark {
  readonly dueInMs?: number;
  readonly nextRunAt?: string;
}

/** JSON has no undefined, so it has no `dueInMs` for a wait that only a request ends. */
function revivePark({ nextRunAt, ...park }: StoredPark): object {
  const revived = { ...park, dueInMs: park.dueInMs };
  return nextRunAt === undefined ? revived : { ...revived, nextRunAt: new Date(nextRunAt) };
}

/**
 * A path as it was stored.
 *
 * @throws TypeError for one that a later release wrote and this one does not know.
 */
function revivePath(stored: object): SagaPath {
  for (const name of Object.keys(stored)) if (!pathProperties.has(name)) throw unknown('a path with', name);
  return stored;
}

const statuses: ReadonlySet<string> = new Set(Object.values(SagaStatus));

function detailOf(properties: Properties): string | null {
  let detail: Record<string, unknown> | undefined;
  for (const name in properties) if (!columnNames.has(name)) (detail ??= {})[name] = properties[name];
  return detail === undefined ? null : JSON.stringify(detail);
}

function propertiesOf({ detail, error, ...columns }: EntryColumns): Properties {
  const properties: Record<string, unknown> = {};
  const stored = detail === null ? {} : (JSON.parse(detail) as Properties);
  for (const [name, value] of Object.entries(stored)) {
    const revive = Object.hasOwn(revivers, name) ? revivers[name] : undefined;
    properties[name] = revive === undefined ? value : revive(value as never);
  }
  for (const [name, value] of Object.entries(columns)) if (value !== null) properties[name] = value;
  if (error !== null) properties['error'] = JSON.parse(error);
  return properties;
}

function unknown(what: string, name: string): TypeError {
  return new TypeError(`The journal has ${what} "${name}", which this version does not know.`);
}
