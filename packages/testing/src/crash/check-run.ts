import { isOpen } from '@nest-saga/core';
import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import { checkAcknowledged } from './check-acknowledged.js';
import { checkDeadline } from './check-deadline.js';
import { checkJournal } from './check-journal.js';
import { checkKinds } from './check-kinds.js';
import { checkLedger } from './check-ledger.js';
import { checkOverlaps } from './check-leases.js';
import { checkOwners } from './check-owners.js';
import { checkSnapshot } from './check-snapshots.js';
import { checkStandingEffects } from './check-standing-effects.js';
import { checkParkedHeader, checkWaits } from './check-waits.js';
import { checkEvents, checkWatcher } from './check-watchers.js';
import type { Acknowledgement, CrashEvidence, Violation } from './crash-evidence.js';

/**
 * Judges a run by its evidence after everything has come to rest: the answers that callers got, the calls that reached
 * the outside world, and the stored sagas. It is the one judge of all crash suites, pure, and independent of the
 * engine.
 *
 * @returns All broken promises; empty for a good run.
 */
export function checkRun(evidence: CrashEvidence): readonly Violation[] {
  const { ledger, sagas, snapshots = [], watchers = [], leases, emitted, awaited } = evidence;
  const rowsById = groupById(ledger);
  const byId = new Map(sagas.map((saga) => [saga.header.sagaId, saga]));
  return [
    ...checkAcknowledgements(evidence),
    ...checkKeys(sagas),
    ...checkUnknown(byId, evidence),
    ...sagas.flatMap((saga) => {
      const rows = rowsById.get(saga.header.sagaId) ?? [];
      return [
        ...checkJournal(saga),
        ...checkLedger(saga, rows),
        ...checkStandingEffects(saga, rows),
        ...checkWaits(saga, awaited),
        ...checkParkedHeader(saga),
        ...checkDeadline(saga, rows),
        ...checkKinds(saga, rows),
        ...(leases === undefined
          ? []
          : [...checkOverlaps(saga, rows, leases), ...checkOwners(saga, rows, leases)]),
        ...(emitted === undefined
          ? []
          : [...checkEvents(saga, emitted), ...checkAcknowledged(saga, emitted, rows)]),
        ...checkEnd(saga),
      ];
    }),
    ...snapshots.flatMap((seen) => {
      const final = byId.get(seen.header.sagaId);
      return final === undefined
        ? [lost(seen.header.sagaId, 'it was read, and is gone')]
        : [...checkSnapshot(final, seen), ...checkParkedHeader(seen)];
    }),
    ...watchers.flatMap((record) => {
      const saga = byId.get(record.sagaId);
      return saga === undefined ? [] : checkWatcher(saga, record);
    }),
  ];
}

function checkAcknowledgements({ acknowledgements, sagas }: CrashEvidence): readonly Violation[] {
  const byId = new Map(sagas.map((saga) => [saga.header.sagaId, saga]));
  const idsByKey = new Map<string, string>();
  return acknowledgements.flatMap((acknowledged) => {
    const { sagaId } = acknowledged;
    const saga = byId.get(sagaId);
    if (saga === undefined)
      return [lost(sagaId, `its ${acknowledged.kind} was acknowledged, and it is gone`)];
    const isKept = acknowledged.kind === 'start' || isInJournal(saga, acknowledged);
    const problems = isKept
      ? []
      : [lost(sagaId, `its ${acknowledged.kind} was acknowledged and is not in its journal`)];
    return [...problems, ...checkKey(acknowledged, idsByKey)];
  });
}

function checkKey(acknowledged: Acknowledgement, idsByKey: Map<string, string>): readonly Violation[] {
  if (acknowledged.kind !== 'start' || acknowledged.key === undefined) return [];
  const { key, sagaId } = acknowledged;
  const first = idsByKey.get(key) ?? sagaId;
  idsByKey.set(key, first);
  if (first === sagaId) return [];
  return [{ rule: 'started-twice', sagaId, detail: `key "${key}" is acknowledged as ${first} too` }];
}

function checkKeys(sagas: readonly LoadedSaga[]): readonly Violation[] {
  const idsByKey = new Map<string, string>();
  return sagas.flatMap(({ header: { sagaId, saga, key } }): Violation[] => {
    if (key === undefined) return [];
    const name = `${saga} ${key}`;
    const first = idsByKey.get(name);
    idsByKey.set(name, sagaId);
    if (first === undefined) return [];
    return [{ rule: 'started-twice', sagaId, detail: `it is stored under key "${key}", and so is ${first}` }];
  });
}

// A saga that is being undone already has fulfilled a cancel.
function isInJournal(
  { entries }: LoadedSaga,
  acknowledged: Exclude<Acknowledgement, { readonly kind: 'start' }>,
): boolean {
  return entries.some((entry) => {
    switch (acknowledged.kind) {
      case 'retry':
        return entry.kind === 'retry-requested';
      case 'signal':
        return (
          entry.kind === 'signal-received' &&
          entry.name === acknowledged.name &&
          entry.dedupeId === acknowledged.dedupeId
        );
      case 'cancel':
        return entry.kind === 'cancel-requested' || isTurn(entry);
    }
  });
}

/** Whether an entry is the decision to compensate, or leads to it. */
function isTurn(entry: JournalEntry): boolean {
  return (
    entry.kind === 'deadline-passed' ||
    entry.kind === 'compensation-decided' ||
    ((entry.kind === 'act-failed' || entry.kind === 'wait-ended') && entry.next === 'compensate') ||
    (entry.kind === 'step-resolved' && entry.outcome === 'not-done')
  );
}

function checkUnknown(
  byId: ReadonlyMap<string, LoadedSaga>,
  { ledger }: CrashEvidence,
): readonly Violation[] {
  const unknown = ledger.find(({ sagaId }) => !byId.has(sagaId));
  return unknown === undefined
    ? []
    : [lost(unknown.sagaId, `"${unknown.step}" ran, and the saga is not stored`)];
}

function checkEnd({ header: { sagaId, status, saga, key } }: LoadedSaga): readonly Violation[] {
  if (!isOpen(status)) return [];
  return [
    {
      rule: 'not-ended',
      sagaId,
      detail: `saga "${saga}"${key === undefined ? '' : ` (${key})`} is still ${status}`,
    },
  ];
}

function lost(sagaId: string, detail: string): Violation {
  return { rule: 'acknowledged-lost', sagaId, detail };
}

function groupById<Row extends { readonly sagaId: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.sagaId);
    if (group === undefined) groups.set(row.sagaId, [row]);
    else group.push(row);
  }
  return groups;
}
