import { isStepEntry } from '@nest-saga/core';
import { waitBefore } from '../simulation/declare-stages.js';
import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import type { WaitStart } from '@nest-saga/core/engine';
import { checkRun, replayAll } from '@nest-saga/testing';
import type { RunPlan, SagaPlan, StagePlan } from '../simulation/run-plan.js';
import type { SimulatedRun } from '../simulation/simulate.js';
import type { Intervention } from './reference-model.js';
import { predict } from './reference-model.js';

/** All problems of a run, one line each: those that the checker found, and those that the model found. */
export function judge(plan: RunPlan, run: SimulatedRun): readonly string[] {
  const violations = checkRun(run.evidence).map(
    ({ rule, sagaId, detail }) => `${rule}: ${sagaId}: ${detail}`,
  );
  const refused = run.evidence.sagas.flatMap(({ entries }) => [...actsWithoutValues(entries)]);
  const strikes = run.faults.filter((fault) => fault === 'refused').length;
  const invented =
    refused.length > strikes ? [`model: ${refused.join()} undone, and ${strikes} entries were refused`] : [];
  const strays = run.evidence.sagas.length > 1 ? ['one saga was started, and more are stored'] : [];
  return [
    ...run.surprises,
    ...violations,
    ...strays,
    ...invented,
    ...run.evidence.sagas.flatMap((saga) => compareWithModel(plan.saga, saga)),
  ];
}

/** Compares the course of a saga with the reference model. */
export function compareWithModel(plan: SagaPlan, { header, entries }: LoadedSaga): readonly string[] {
  const { people, isActUnderWay } = readPeople(entries);
  const predicted = predict(plan, people, {
    isActUnderWay,
    isTakenOver: isTakenOver(entries),
    actsWithoutValues: actsWithoutValues(entries),
    inDoubt: stepsInDoubt(entries),
    endedWaits: new Set(entries.flatMap((entry) => (entry.kind === 'wait-ended' ? [entry.step] : []))),
  });
  const results = entries.filter((entry) => isStepEntry(entry)).map(describe);
  const { undo, givenUp } = replayAll(entries);
  return [
    ...differ('the results', results, predicted.results),
    ...differ('the status', [header.status], [predicted.status]),
    ...differ('what is left', [...undo, ...givenUp], predicted.left),
    ...checkRecoveries(entries, plan.maximumRecoveryAttempts),
    ...plan.stages.flatMap((stage) => checkWait(stage, entries)),
  ];
}

/** A wait ends once, not before its time is over by the clock of the storage, and before any later stage begins. */
function checkWait({ delayMs, primary }: StagePlan, entries: readonly JournalEntry[]): readonly string[] {
  if (delayMs === undefined) return [];
  const name = waitBefore(primary);
  const ends = entries.filter((entry) => entry.kind === 'wait-ended' && entry.step === name);
  const begun = entries.find((entry) => isBeginning(entry, name));
  const [end] = ends;
  const firstAct = entries.find(
    (entry) => entry.kind.startsWith('act-') && 'step' in entry && entry.step === primary.id,
  );
  if (ends.length > 1) return [`model: the wait ${name} ended ${ends.length} times`];
  if (firstAct !== undefined && (end === undefined || end.seq > firstAct.seq))
    return [`model: ${primary.id} began before the wait ${name} was over`];
  if (end === undefined) return [];
  const waitedMs = end.recordedAt.getTime() - (begun?.recordedAt.getTime() ?? Number.NaN);
  return waitedMs >= delayMs ? [] : [`model: the wait ${name} took ${waitedMs} ms instead of ${delayMs}`];
}

function isBeginning(entry: JournalEntry, name: string): boolean {
  const { park, wait } = entry as WaitStart;
  return (park ?? wait)?.name === name;
}

/** Acts that returned, but whose entries the storage accepted only without their values. */
function actsWithoutValues(entries: readonly JournalEntry[]): ReadonlySet<string> {
  const isOne = (entry: JournalEntry) =>
    entry.kind === 'act-failed' &&
    entry.outcome === 'completed' &&
    entry.error.code === 'SAGA_STORAGE_FAILED';
  return new Set(
    entries.filter(isOne).map((entry) => ('attempt' in entry ? `act ${entry.step} #${entry.attempt}` : '')),
  );
}

/** Determined by the second reading of the journal, which uses neither the engine's fold nor the definition. */
function stepsInDoubt(entries: readonly JournalEntry[]): ReadonlySet<string> {
  return new Set(
    [...replayAll(entries).outcomes].flatMap(([step, known]) => (known === 'unknown' ? [step] : [])),
  );
}

function differ(what: string, actual: readonly string[], expected: readonly string[]): readonly string[] {
  if (actual.join() === expected.join()) return [];
  return [`model: ${what}: [${actual.join(', ')}], and the contract says [${expected.join(', ')}]`];
}

function describe(entry: Extract<JournalEntry, { readonly attempt: number }>): string {
  const action = entry.kind.startsWith('act') ? 'act' : 'undo';
  return `${action} ${entry.step} #${entry.attempt} ${entry.kind.endsWith('completed') ? 'completed' : 'failed'}`;
}

function readPeople(entries: readonly JournalEntry[]): {
  people: readonly Intervention[];
  isActUnderWay: boolean;
} {
  const people: Intervention[] = [];
  let after = 0;
  let isCrashStuck = false;
  let isActUnderWay = false;
  for (const entry of entries) {
    if (isStepEntry(entry)) {
      isActUnderWay ||= people.at(-1)?.kind === 'cancel' && entry.kind.startsWith('act');
      after++;
    }
    if (entry.kind === 'stuck') isCrashStuck = true;
    if (entry.kind === 'cancel-requested') people.push({ after, kind: 'cancel' });
    if (entry.kind === 'retry-requested') people.push({ after, kind: isCrashStuck ? 'nudge' : 'retry' });
    if (entry.kind === 'retry-requested') isCrashStuck = false;
  }
  return { people, isActUnderWay };
}

/** Whether another owner may have begun the next act before the decision to compensate. */
function isTakenOver(entries: readonly JournalEntry[]): boolean {
  const decided = entries.findIndex(({ kind }) => kind === 'compensation-decided');
  const before = entries.slice(0, Math.max(0, decided));
  return replayAll(before).isUnsure;
}

/** Whether nothing of the saga ran when it was claimed, because it waited for its next attempt. */
function isEarly(entries: readonly JournalEntry[], { seq }: JournalEntry): boolean {
  return replayAll(entries.slice(0, seq)).isEarly;
}

/** A saga becomes stuck after exactly as many claims without progress as its definition allows. */
function checkRecoveries(entries: readonly JournalEntry[], maximum: number): readonly string[] {
  const problems: string[] = [];
  let recoveries = 0;
  let isReleased = false;
  let isStuck = false;
  for (const entry of entries) {
    if (entry.kind === 'claimed') {
      if (entry.from !== 'pending' && !isReleased && !isEarly(entries, entry)) recoveries++;
      isReleased = false;
    } else if (entry.kind === 'released') {
      isReleased = entry.reason !== 'trouble';
    } else if (entry.kind === 'stuck') {
      isStuck = true;
      if (entry.reason === 'entry-refused') continue;
      if (entry.reason !== 'recovery-exhausted' || recoveries <= maximum)
        problems.push(`model: stuck by ${entry.reason} after ${recoveries} recoveries`);
    } else if (entry.kind === 'retry-requested' || (entry.kind === 'cancel-requested' && isStuck)) {
      recoveries = 0;
      isReleased = true;
      isStuck = false;
    } else if (entry.kind === 'parked') {
      recoveries = 0;
    } else if (isStepEntry(entry) || entry.kind === 'wait-ended' || entry.kind === 'compensation-decided') {
      // A cancel does not run a step, so it is still possible.
      if (recoveries > maximum && entry.kind !== 'compensation-decided')
        problems.push(`model: "${entry.kind}" after ${recoveries} recoveries without progress`);
      recoveries = 0;
      isReleased = false;
    }
  }
  return problems;
}
