import type { RecordedError } from '../errors/recorded-error.js';
import type { ActFailed, StepEntry } from '../journal/journal-entry.js';
import type { Colour } from './colours.js';
import { describeDuration } from './describe-policies.js';
import { shortened } from './mermaid-text.js';

/** One box of an execution's diagram. Its texts are not encoded yet: the printer does that. */
export interface Scene {
  readonly kind: 'end' | 'act' | 'undo' | 'mark';
  readonly lines: readonly string[];
  readonly colour?: Colour;
  /** The reason, as the label of the arrow. */
  readonly because?: string;
}

const maximumErrorLength = 120;

/** All attempts of one act or one compensation, with their result. */
export function sceneOfAttempts(attempts: readonly StepEntry[], isCancelled: boolean): Scene | undefined {
  const last = attempts.at(-1);
  if (last === undefined) return undefined;
  return {
    kind: isAct(last) ? 'act' : 'undo',
    lines: [titleOf(last), describeEnd(last), ...describePivot(last), ...linesOfLastError(attempts)],
    colour: colourOf(last, isCancelled),
  };
}

function describePivot(entry: StepEntry): readonly string[] {
  return entry.kind === 'act-completed' && entry.pivot === true ? ['point of no return'] : [];
}

/** The lines about the last attempt that failed. */
export function linesOfLastError(attempts: readonly StepEntry[]): readonly string[] {
  const failed = attempts.findLast((entry) => 'error' in entry);
  if (failed === undefined) return [];
  const isOver = failed !== attempts.at(-1);
  return [`${isOver ? `attempt ${failed.attempt} failed, ` : ''}${describeError(failed.error)}`];
}

/** An error's name and the beginning of its message. */
export function describeError(error: Pick<RecordedError, 'name' | 'message'>): string {
  return shortened(`${error.name}: ${error.message}`, maximumErrorLength);
}

/** The first line of a step's box. */
export function titleOf(entry: StepEntry): string {
  return isAct(entry) ? entry.step : `undo ${entry.step}`;
}

function isAct(entry: StepEntry): boolean {
  return entry.kind === 'act-completed' || entry.kind === 'act-failed';
}

function describeEnd(entry: StepEntry): string {
  const tookMs = Math.max(0, entry.finishedAt.getTime() - entry.startedAt.getTime());
  const attempt = entry.attempt > 1 ? ` at attempt ${entry.attempt}` : '';
  switch (entry.kind) {
    case 'act-completed':
      return `completed${attempt} in ${describeDuration(tookMs)}`;
    case 'act-failed':
      return `${describeFailedAct(entry)}${attempt}`;
    case 'compensation-completed':
      return `undone${attempt} in ${describeDuration(tookMs)}`;
    case 'compensation-failed':
      return `${entry.next === 'retry' ? 'failed' : 'given up'}${attempt}`;
  }
}

function describeFailedAct({ outcome, error }: ActFailed): string {
  if (outcome === 'unknown') return error.code === 'SAGA_STEP_TIMED_OUT' ? 'timed out' : 'in doubt';
  return outcome === 'completed' ? 'done, but its result cannot be stored' : 'failed';
}

function colourOf(entry: StepEntry, isCancelled: boolean): Colour {
  switch (entry.kind) {
    case 'act-completed':
      return entry.attempt > 1 ? 'retried' : 'completed';
    case 'act-failed':
      return isCancelled ? 'cancelled' : 'failed';
    case 'compensation-completed':
      return 'undone';
    case 'compensation-failed':
      return entry.next === 'retry' ? 'failed' : 'givenUp';
  }
}
