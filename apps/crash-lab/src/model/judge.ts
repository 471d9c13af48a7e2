import { isStepEntry } from '@nest-saga/core';
import { delayBefore, messageBefore } from '../simulation/declare-stages.js';
import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import { checkRun, JournalReplay, replayAll } from '@nest-saga/testing';
import type { RunPlan, SagaPlan, StagePlan } from '../simulation/run-plan.js';
import type { SimulatedRun } from '../simulation/simulate.js';
import type { Intervention, Message } from './reference-model.js';
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
  const { people, messages, isActUnderWay } = readPeople(entries);
  const predicted = predict(plan, people, {
    isActUnderWay,
    isTakenOver: isTakenOver(entries),
    actsWithoutValues: actsWithoutValues(entries),
    inDoubt: stepsInDoubt(entries),
    unsureAfter: unsureAfter(entries),
    messages,
  });
  const results = entries.filter(isResult).map(describe);
  const { undo, givenUp } = replayAll(entries);
  return [
    ...differ('the results', results, predicted.results),
    ...differ('the status', [header.status], [predicted.status]),
    ...differ('what is left', [...undo, ...givenUp], predicted.left),
    ...checkRecoveries(entries, plan.maximumRecoveryAttempts),
    ...plan.stages.flatMap((stage) => checkWaits(stage, entries)),
  ];
}

/** A delay takes its time, and a signal that ends a wait is put into the context. */
function checkWaits(
  { delayMs = 0, awaits, primary }: StagePlan,
  entries: readonly JournalEntry[],
): readonly string[] {
  const isSignal = awaits !== undefined && awaits.for !== 'approval';
  return entries.flatMap((entry, index) => {
    if (entry.kind !== 'wait-ended') return [];
    const isTaken = isSignal && entry.step === messageBefore(primary.id) && entry.outcome === 'signal';
    if (isTaken && entry.context === undefined) return [`model: ${entry.step} ended without its signal`];
    if (entry.step !== delayBefore(primary)) return [];
    const before = entries.slice(0, index).findLast(isResult);
    const waitedMs = entry.recordedAt.getTime() - (before?.recordedAt.getTime() ?? 0);
    return waitedMs >= delayMs ? [] : [`model: ${entry.step} took ${waitedMs} ms instead of ${delayMs}`];
  });
}

type Result = Extract<JournalEntry, { readonly attempt: number } | { readonly kind: 'wait-ended' }>;

/** Whether an entry is that of an attempt, or of the end of a wait. */
function isResult(entry: JournalEntry): entry is Result {
  return isStepEntry(entry) || entry.kind === 'wait-ended';
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

/** The numbers of results after which the next act may have begun without an entry, by the second reading. */
function unsureAfter(entries: readonly JournalEntry[]): ReadonlySet<number> {
  const replay = new JournalReplay();
  const unsure = new Set<number>();
  let results = 0;
  for (const entry of entries) {
    replay.apply(entry);
    if (isResult(entry)) results++;
    if (replay.isUnsure) unsure.add(results);
  }
  return unsure;
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

function describe(entry: Result): string {
  if (entry.kind === 'wait-ended') return `wait ${entry.step} ${entry.outcome}`;
  const action = entry.kind.startsWith('act') ? 'act' : 'undo';
  return `${action} ${entry.step} #${entry.attempt} ${entry.kind.endsWith('completed') ? 'completed' : 'failed'}`;
}

function readPeople(entries: readonly JournalEntry[]): {
  people: readonly Intervention[];
  messages: readonly Message[];
  isActUnderWay: boolean;
} {
  const people: Intervention[] = [];
  const messages: Message[] = [];
  let after = 0;
  let isCrashStuck = false;
  let isActUnderWay = false;
  for (const entry of entries) {
    if (isResult(entry)) {
      isActUnderWay ||= people.at(-1)?.kind === 'cancel' && entry.kind.startsWith('act');
      after++;
    }
    if (entry.kind === 'stuck') isCrashStuck = true;
    if (entry.kind === 'cancel-requested' || entry.kind === 'deadline-passed')
      people.push({ after, kind: 'cancel' });
    if (entry.kind === 'signal-received') messages.push({ after, ...entry });
    if (entry.kind === 'retry-requested') people.push({ after, kind: isCrashStuck ? 'nudge' : 'retry' });
    if (entry.kind === 'retry-requested') isCrashStuck = false;
  }
  return { people, messages, isActUnderWay };
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
      isStuck = entry.kind === 'act-failed' && entry.next === 'halt';
    }
  }
  return problems;
}
