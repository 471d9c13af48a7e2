import type { LoadedSaga } from '@nest-saga/core';
import type { Violation, ViolationRule } from './crash-evidence.js';
import { replayOnward } from './journal-replay.js';
import type { JournalReplay } from './journal-replay.js';
import type { LedgerRow } from './ledger-row.js';

/** Compares the calls of one saga in the outside world with the entries that were durable at each moment. */
export function checkLedger(saga: LoadedSaga, rows: readonly LedgerRow[]): readonly Violation[] {
  const violations: Violation[] = [];
  const { sagaId } = saga.header;
  const report: Report = (rule, detail) => violations.push({ rule, sagaId, detail });
  const inOrder = rows.toSorted((one, other) => one.beganAt - other.beganAt);
  const replayTo = replayOnward(saga.entries);
  let token = 0;
  for (const row of inOrder) {
    checkBeginning(replayTo(row.beganAt), row, report);
    if (row.fencingToken < token)
      report('fencing-token', `${describe(row)} began with ${row.fencingToken}, after ${token} was seen`);
    token = Math.max(token, row.fencingToken);
  }
  checkKeys(rows, report);
  checkEffects(saga, rows, report);
  return violations;
}

type Report = (rule: ViolationRule, detail: string) => void;

function checkBeginning(durable: JournalReplay, row: LedgerRow, report: Report): void {
  const { direction, isUndoingFirst, undo, completed, trail, outcomes } = durable;
  if (row.action === 'act') {
    if (direction === 'backward')
      report('act-after-decision', `${describe(row)} began after the decision to compensate was durable`);
    if (completed.has(row.step))
      report('act-after-completion', `${describe(row)} began after it had completed`);
    if (isUndoingFirst)
      report('undo-order', `${describe(row)} began where ${undo.at(-1) ?? 'nothing'} was to be undone first`);
  } else if (durable.mayAct()) {
    report('undo-before-decision', `${describe(row)} began before the decision to compensate was durable`);
  } else if (undo.at(-1) !== row.step) {
    report('undo-order', `${describe(row)} began where ${undo.at(-1) ?? 'nothing'} was to be undone`);
  }
  const outcome = outcomes.get(row.step);
  if (row.action === 'compensate' && row.outcome !== undefined && row.outcome !== outcome)
    report(
      'wrong-outcome',
      `${describe(row)} got the outcome "${row.outcome}", but the known one is "${outcome}"`,
    );
  if (row.trail !== undefined && row.trail.join() !== trail.join())
    report('wrong-context', `${describe(row)} was given [${row.trail.join()}], durable is [${trail.join()}]`);
}

function checkKeys(rows: readonly LedgerRow[], report: Report): void {
  const keys = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const row of rows) {
    const call = `${row.action} of "${row.step}"`;
    const key = keys.get(call) ?? row.idempotencyKey;
    keys.set(call, key);
    if (key !== row.idempotencyKey)
      report('idempotency-key', `the ${call} came with ${key} and with ${row.idempotencyKey}`);
    const owner = owners.get(row.idempotencyKey) ?? call;
    owners.set(row.idempotencyKey, owner);
    if (owner !== call) report('idempotency-key', `${key} is of the ${owner} and of the ${call}`);
  }
}

function checkEffects({ header, entries }: LoadedSaga, rows: readonly LedgerRow[], report: Report): void {
  const effects = new Set(
    rows.filter(({ isEffective }) => isEffective).map(({ action, step }) => `${action} ${step}`),
  );
  for (const entry of entries) {
    if (entry.kind === 'act-completed' && !effects.has(`act ${entry.step}`))
      report('effect-missing', `"${entry.step}" completed without its effect`);
    if (entry.kind === 'compensation-completed' && !effects.has(`compensate ${entry.step}`))
      report('effect-missing', `"${entry.step}" was undone without an effect of the undo`);
  }
  const undoneFirst = new Set(
    entries.flatMap((entry) =>
      entry.kind === 'act-failed' && entry.next === 'undo-first' ? [entry.step] : [],
    ),
  );
  const undone = rows.find(({ action, step }) => action === 'compensate' && !undoneFirst.has(step));
  if (header.status === 'completed' && undone !== undefined)
    report('undone-though-completed', `${describe(undone)} ran in a saga that completed`);
}

/** Describes a row in words. */
export function describe({ action, step, attempt, process }: LedgerRow): string {
  return `${action} of "${step}" (attempt ${attempt}, ${process})`;
}
