import type { RecordedError } from '../errors/recorded-error.js';
import { failureOfAct, failureOfCancel, stuckOfForward } from './describe-failure.js';
import type { EntryStamp, Parked, WaitEnded, WaitStart } from './journal-entry.js';
import type { MutableState } from './mutable-state.js';
import { madeProgress, nameAct, nameNowhere, nextStage } from './mutable-state.js';
import { isRetryWait } from './park.js';
import type { Park } from './park.js';
import type { StageWait } from './saga-state.js';
import { mayAct } from './saga-state.js';
import { startCompensating } from './start-compensating.js';

type MaybeRecorded = Partial<Pick<EntryStamp, 'recordedAt'>>;

/** If the entry begins a wait, the saga is at that wait from then on. */
export function beginWait(next: MutableState, entry: WaitStart & MaybeRecorded): void {
  const begun = entry.park ?? entry.wait;
  if (begun === undefined) return;
  const { for: what, name, dueInMs } = begun;
  const endsAt = endOfWait(entry);
  nameAct(next, name);
  next.park = entry.park;
  next.wait = {
    for: what,
    name,
    endsAt,
    restMs: dueInMs,
    until: new Date(endsAt ?? 0),
    isOver: false,
    ...(entry.title === undefined ? {} : { title: entry.title }),
    ...(entry.notBy === undefined ? {} : { notBy: entry.notBy }),
  };
}

/** An owner began a wait that no earlier entry began, or found that the wait is not over. */
export function parked(next: MutableState, entry: Parked & MaybeRecorded): void {
  if (entry.park !== undefined && isRetryWait(entry.park)) return retryParked(next, entry.park);
  const name = (entry.park ?? entry.wait)?.name;
  if (!mayAct(next)) return nameNowhere(next, name ?? '');
  next.recoveries = 0;
  if (next.wait === undefined || next.wait.name !== name) beginWait(next, entry);
  else next.park = entry.park;
}

/** The wait for the next attempt is long, and the entry of the failed one parked nothing: a release without parks wrote it. */
function retryParked(next: MutableState, park: Park): void {
  const isWaiting = next.branches.some(({ step, retryAt }) => step === park.name && retryAt !== undefined);
  if (!isWaiting) return nameNowhere(next, park.name);
  next.park = park;
}

/** A wait is over. */
export function waitEnded(next: MutableState, entry: WaitEnded & MaybeRecorded): void {
  if (!mayAct(next)) return nameNowhere(next, entry.step);
  if (entry.next === 'halt') return waitHalted(next, entry);
  if (entry.context !== undefined) next.context = entry.context;
  if (entry.signal !== undefined) next.signals = next.signals.filter(({ seq }) => seq !== entry.signal);
  nameAct(next, entry.step);
  madeProgress(next);
  next.park = undefined;
  next.wait = undefined;
  const { cancel } = next;
  if (entry.next === 'compensate') {
    return startCompensating(next, failureOfAct(entry.step, errorOf(entry), undefined, cancel));
  }
  nextStage(next, entry);
  if (cancel !== undefined) startCompensating(next, failureOfCancel(cancel));
  else beginWait(next, entry);
}

/** A function of the wait threw after the pivot: the saga stands at the wait until an operator resumes it. */
function waitHalted(next: MutableState, entry: WaitEnded): void {
  nameAct(next, entry.step);
  madeProgress(next);
  next.park = undefined;
  next.stuck = stuckOfForward(entry.step, errorOf(entry));
}

function errorOf({ error, step }: WaitEnded): RecordedError {
  return error ?? { name: 'Error', message: `the wait "${step}" is over` };
}

/**
 * The new owner waits for the rest of the wait by the storage's clock, which is the same for every worker. Returns
 * whether anything is left of it: then nothing of the saga ran.
 */
export function takeRestOfStageWait(next: MutableState, entry: MaybeRecorded): boolean {
  const { wait } = next;
  if (wait === undefined || entry.recordedAt === undefined) return false;
  next.wait = restAt(wait, entry.recordedAt.getTime());
  return !next.wait.isOver;
}

function restAt(wait: StageWait, now: number): StageWait {
  const { endsAt } = wait;
  if (endsAt === undefined) return { ...wait, restMs: undefined, until: new Date(0) };
  const restMs = Math.max(0, endsAt - now);
  return { ...wait, restMs, until: new Date(endsAt), isOver: restMs === 0 };
}

/**
 * By the storage's clock, in milliseconds since the epoch. Undefined unless the entry was read, or the wait has a fixed
 * moment.
 */
function endOfWait({ park, wait = park, recordedAt }: WaitStart & MaybeRecorded): number | undefined {
  if (wait?.nextRunAt !== undefined) return wait.nextRunAt.getTime();
  if (wait?.dueInMs === undefined || recordedAt === undefined) return undefined;
  return recordedAt.getTime() + wait.dueInMs;
}
