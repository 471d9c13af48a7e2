import type { JournalEntry, LoadedSaga, SagaStatus } from '@nest-saga/core';
import type { Violation, ViolationRule } from './crash-evidence.js';
import { JournalReplay } from './journal-replay.js';

/** The violations that a saga's header and journal show without other evidence. */
export function checkJournal({ header, entries }: LoadedSaga): readonly Violation[] {
  const violations: Violation[] = [];
  const { sagaId, status, path } = header;
  const report: Report = (rule, detail) => violations.push({ rule, sagaId, detail });
  const replay = new JournalReplay(path);
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index + 1) report('seq-gap', `entry ${index + 1} has seq ${entry.seq}`);
    checkWriter(entry, replay, report);
    checkStep(entry, replay, report);
    checkPath(entry, replay, report);
    replay.apply(entry);
  }
  const problem = statusProblem(status, replay);
  if (problem !== undefined) report('status-not-of-journal', problem);
  if (!mayEnd(status, entries.at(-1)))
    report('terminal-changed', `${status}, and "${entries.at(-1)?.kind}" after it`);
  if (status === 'failed' && replay.undo.length + replay.givenUp.length > 0)
    report('undo-missing', `failed, and not undone: ${[...replay.undo, ...replay.givenUp].join(', ')}`);
  return violations;
}

/** The reason why a status does not match the journal, or undefined. */
export function statusProblem(status: SagaStatus, replay: JournalReplay): string | undefined {
  const { direction } = replay;
  if (status === 'running' || status === 'completed')
    return direction === 'forward' ? undefined : `${status}, though its journal has decided to compensate`;
  if (status === 'compensating' || status === 'failed')
    return direction === 'backward' ? undefined : `${status}, though its journal never decided to compensate`;
  return undefined;
}

type Report = (rule: ViolationRule, detail: string) => void;

function checkWriter(entry: JournalEntry, replay: JournalReplay, report: Report): void {
  if (entry.worker === undefined || entry.kind === 'claimed') return;
  const isOwner = replay.owner === undefined ? !replay.isReleased : replay.owner === entry.worker;
  if (!isOwner)
    report(
      'wrote-after-fence',
      `${entry.worker} wrote "${entry.kind}" at ${entry.seq} of a saga that is not its own`,
    );
}

function checkStep(entry: JournalEntry, replay: JournalReplay, report: Report): void {
  switch (entry.kind) {
    case 'act-completed':
    case 'act-failed':
      if (replay.completed.has(entry.step))
        report('completed-twice', `the act of "${entry.step}" again at ${entry.seq}`);
      if (replay.direction === 'backward')
        report(
          'act-after-decision',
          `the act of "${entry.step}" at ${entry.seq}, after the decision to compensate`,
        );
      if (replay.isUndoingFirst)
        report(
          'undo-order',
          `the act of "${entry.step}" at ${entry.seq}, where "${replay.undo.at(-1)}" is undone first`,
        );
      return;
    case 'compensation-completed':
    case 'compensation-failed':
      if (replay.mayAct())
        report('undo-before-decision', `"${entry.step}" at ${entry.seq}, before the decision to compensate`);
      else if (replay.undo.at(-1) !== entry.step)
        report('undo-order', `"${entry.step}" at ${entry.seq}, where "${replay.undo.at(-1)}" is next`);
      return;
    default:
  }
}

function checkPath(entry: JournalEntry, { skipped, decided }: JournalReplay, report: Report): void {
  if ('step' in entry && entry.step !== undefined && skipped.has(entry.step))
    report('skipped-ran', `"${entry.step}" at ${entry.seq}, though it was skipped`);
  if (!('path' in entry)) return;
  for (const id of Object.keys(entry.path?.decisions ?? {}))
    if (decided.has(id)) report('decided-twice', `the choice "${id}" again at ${entry.seq}`);
}

const lastKinds: Readonly<Partial<Record<SagaStatus, ReadonlySet<JournalEntry['kind']>>>> = {
  completed: new Set(['act-completed', 'step-resolved', 'wait-ended', 'path-decided', 'settled']),
  failed: new Set([
    'act-failed',
    'compensation-completed',
    'compensation-decided',
    'step-resolved',
    'wait-ended',
    'settled',
  ]),
};

function mayEnd(status: SagaStatus, last: JournalEntry | undefined): boolean {
  const kinds = lastKinds[status];
  return kinds === undefined || (last !== undefined && kinds.has(last.kind));
}
