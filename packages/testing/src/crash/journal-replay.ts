import type { JournalEntry, StepOutcome } from '@nest-saga/core';
import type { WaitStart } from '@nest-saga/core/engine';
import type { SagaPath } from '@nest-saga/core/storage-kit';
import { traceOf, traceOfSignal } from './ledger-row.js';

/**
 * A second reading of a journal, from its entries alone. It uses neither the engine's own fold nor the definition, so
 * that a mistake in them does not hide itself.
 */
export class JournalReplay {
  direction: 'forward' | 'backward' = 'forward';
  /** Steps whose effect is there or may be there, in order; the last is undone first. */
  undo: readonly string[] = [];
  /** Compensations that were given up while earlier steps were undone, in the order in which they were given up. */
  givenUp: readonly string[] = [];
  /** Steps whose act completed. */
  readonly completed = new Set<string>();
  /** The worst known outcome of the act of each step, over all its attempts, including those of owners that died. */
  readonly outcomes = new Map<string, StepOutcome>();
  /** The list of finished calls that a correct context has. */
  readonly trail: string[] = [];
  /** The worker that may write; undefined before the first write of a started saga, and while no worker may write. */
  owner: string | undefined;
  /** Whether nothing of the saga ran before the last claim: it was parked, or waited for its next attempt. */
  isEarly = false;
  /** Whether the saga has no owner because it waits. */
  isParked = false;
  /** Whether the last owner released the saga: only a claim gives it another owner. */
  isReleased = false;
  /** The text of the last context in the journal. */
  private context: string | undefined;
  /** Whether the primary of a fallback is undone before its alternative begins. */
  isUndoingFirst = false;
  /** Whether the journal has the entry after which nothing is undone. */
  isPastPivot = false;
  private isCancelled = false;
  /** Whether the last owner may have begun the next act. */
  isUnsure = false;
  /** Whether the last owner stopped, or the saga got STUCK, before the next act began. */
  private isUntouched = false;
  /**
   * By the storage's clock, nothing runs before this moment: the last attempt failed and will be repeated, or a wait is
   * not over.
   */
  private waitsUntil = 0;
  /** The names of the signals, by their `seq`. */
  private readonly signals = new Map<number, string>();
  /** Whether the saga is at a wait, so that no act was begun. */
  private isAtWait = false;
  /** The stages that were skipped. */
  readonly skipped = new Set<string>();
  /** The choices that were made. */
  readonly decided = new Set<string>();

  /** Takes what was decided at the start. */
  constructor(path?: SagaPath) {
    this.takePath(path);
  }

  apply(entry: JournalEntry): void {
    // A started saga has an owner before its first entry, which no entry names: it is the first writer.
    if (!this.isReleased) this.owner ??= entry.worker;
    switch (entry.kind) {
      case 'act-completed':
        this.waitsUntil = 0;
        this.completed.add(entry.step);
        this.learn(entry.step, 'completed');
        if (entry.pivot === true) this.passPivot();
        if (!this.isPastPivot) this.undo = [...this.undo, entry.step];
        this.context = entry.context ?? this.context;
        this.trail.push(traceOf('act', entry.step));
        this.takePath(entry.path);
        if (this.isCancelled) this.direction = 'backward';
        else this.beginWait(entry);
        return;
      case 'path-decided':
        this.isUnsure = false;
        this.takePath(entry.path);
        return;
      case 'parked':
        if (entry.park?.for === 'retry' || entry.park?.for === 'overdue') return this.park();
        this.isUnsure = false;
        this.beginWait(entry);
        return;
      case 'wait-ended':
        this.waitsUntil = 0;
        this.isAtWait = false;
        this.isUnsure = false;
        if (entry.context !== undefined)
          this.trail.push(traceOfSignal(this.signals.get(entry.signal ?? 0) ?? '?'));
        this.context = entry.context ?? this.context;
        this.takePath(entry.path);
        if (entry.next === 'compensate' || this.isCancelled) this.direction = 'backward';
        else this.beginWait(entry);
        return;
      case 'act-failed':
        this.learn(entry.step, mayRepeat(entry) && entry.outcome === 'completed' ? 'unknown' : entry.outcome);
        this.waitsUntil = endOfWait(entry);
        if (entry.undo) this.undo = [...this.undo, entry.step];
        this.isUndoingFirst = entry.next === 'undo-first';
        if (entry.next === 'compensate') this.direction = 'backward';
        if (entry.next === 'halt') {
          this.isUntouched = true;
          this.release();
        }
        if (entry.park !== undefined) this.park();
        return;
      case 'compensation-completed':
        this.turnIfCancelled();
        this.isUndoingFirst = false;
        this.waitsUntil = 0;
        this.undo = this.undo.slice(0, -1);
        // If the storage refused the values of a compensation, the context stays as it was.
        if (entry.context !== undefined) this.trail.push(traceOf('compensate', entry.step));
        this.context = entry.context ?? this.context;
        return;
      case 'compensation-failed':
        this.turnIfCancelled();
        this.waitsUntil = endOfWait(entry);
        if (entry.next === 'continue') this.giveUp();
        if (entry.next === 'halt') this.release();
        if (entry.park !== undefined) this.park();
        return;
      case 'compensation-decided':
        this.waitsUntil = 0;
        this.isAtWait = false;
        for (const { step } of entry.undo) {
          this.undo = [...this.undo, step];
          this.learn(step, 'failed');
        }
        this.direction = 'backward';
        this.isUndoingFirst = false;
        return;
      case 'branches-abandoned':
        for (const { step, outcome } of entry.undo) {
          this.undo = [...this.undo, step];
          this.learn(step, outcome);
        }
        return;
      case 'cancel-requested':
      case 'deadline-passed':
        this.isCancelled = !this.isPastPivot;
        return;
      case 'retry-requested':
        this.waitsUntil = 0;
        this.restoreGivenUp();
        return;
      case 'step-resolved':
        this.waitsUntil = 0;
        if (entry.pivot === true) this.passPivot();
        if (entry.outcome === 'not-done') this.direction = 'backward';
        else this.resolve(entry.step);
        return;
      case 'claimed':
        this.isEarly = this.isParked || entry.recordedAt.getTime() < this.waitsUntil;
        this.isParked = false;
        if (entry.from === 'running' && this.mayHaveBegun()) this.isUnsure = true;
        this.isUntouched = false;
        this.owner = entry.worker;
        this.isReleased = false;
        return;
      case 'released':
      case 'stuck':
        if (entry.kind === 'stuck' && entry.reason === 'entry-refused' && this.mayAct()) this.isUnsure = true;
        this.isUntouched = entry.kind === 'stuck' || entry.begun?.length === 0;
        this.isParked = false;
        this.release();
        return;
      case 'signal-received':
        this.signals.set(entry.seq, entry.name);
        return;
      case 'delivery-failed':
      case 'settled':
    }
  }

  private passPivot(): void {
    this.isPastPivot = true;
    this.isCancelled = false;
    this.undo = [];
  }

  private mayHaveBegun(): boolean {
    return !this.isEarly && !this.isUntouched && !this.isUndoingFirst && !this.isAtWait;
  }

  private takePath(path: SagaPath | undefined): void {
    if (path?.reversal !== undefined) {
      this.direction = 'backward';
      this.undo = path.reversal.undo.map(({ step }) => step);
      for (const { step } of path.reversal.undo) this.completed.add(step);
    }
    for (const id of path?.skipped ?? []) this.skipped.add(id);
    // A choice that failed is made again after an operator's retry.
    for (const [id, decision] of Object.entries(path?.decisions ?? {}))
      if (typeof decision !== 'object' || decision === null) this.decided.add(id);
  }

  private beginWait(entry: WaitStart & Pick<JournalEntry, 'recordedAt'>): void {
    const wait = entry.park ?? entry.wait;
    if (wait === undefined) return;
    this.isAtWait = true;
    const afterMs =
      wait.dueInMs === undefined ? Number.POSITIVE_INFINITY : entry.recordedAt.getTime() + wait.dueInMs;
    this.waitsUntil = wait.nextRunAt?.getTime() ?? afterMs;
    if (entry.park !== undefined) this.park();
  }

  /** Whether the next call is an act. */
  mayAct(): boolean {
    return this.direction === 'forward' && !this.isUndoingFirst;
  }

  /**
   * Applies a cancel that came while a primary was undone before its alternative: after that undo, the saga is
   * compensated.
   */
  private turnIfCancelled(): void {
    if (!this.isUndoingFirst || !this.isCancelled) return;
    this.isUndoingFirst = false;
    this.direction = 'backward';
  }

  private learn(step: string, outcome: StepOutcome): void {
    const mayBeThere = this.isUnsure || this.outcomes.get(step) === 'unknown';
    this.outcomes.set(step, outcome === 'failed' && mayBeThere ? 'unknown' : outcome);
    this.isUnsure = false;
  }

  /** Nothing of the saga runs before it is claimed again. */
  private park(): void {
    this.isParked = true;
    this.release();
  }

  private release(): void {
    this.owner = undefined;
    this.isReleased = true;
  }

  private giveUp(): void {
    this.givenUp = [...this.givenUp, ...this.undo.slice(-1)];
    this.undo = this.undo.slice(0, -1);
  }

  private restoreGivenUp(): void {
    this.undo = [...this.undo, ...this.givenUp.toReversed()];
    this.givenUp = [];
  }

  private resolve(step: string): void {
    this.restoreGivenUp();
    if (this.isUndoingFirst) {
      this.isUndoingFirst = false;
      this.undo = this.undo.slice(0, -1);
    } else if (this.direction === 'forward') {
      if (!this.isPastPivot) this.undo = [...this.undo, step];
      this.learn(step, 'completed');
    } else this.undo = this.undo.filter((one) => one !== step);
  }
}

/** Whether the same act is called again, or may be by an operator: its effect is in doubt then, not undone. */
function mayRepeat({ next }: Extract<JournalEntry, { readonly kind: 'act-failed' }>): boolean {
  return next === 'retry' || next === 'halt';
}

function endOfWait({
  recordedAt,
  retryAt,
  finishedAt,
}: Extract<JournalEntry, { readonly kind: 'act-failed' | 'compensation-failed' }>): number {
  return retryAt === undefined ? 0 : recordedAt.getTime() + (retryAt.getTime() - finishedAt.getTime());
}

/**
 * Replays the entries that were durable at a moment, for one moment after the other, so that each entry is read once.
 */
export function replayOnward(entries: readonly JournalEntry[]): (at: number) => JournalReplay {
  const replay = new JournalReplay();
  let next = 0;
  return (at) => {
    for (let entry = entries[next]; entry !== undefined; entry = entries[next]) {
      if (entry.recordedAt.getTime() > at) break;
      replay.apply(entry);
      next++;
    }
    return replay;
  };
}

/** The replay of a whole journal. */
export function replayAll(entries: readonly JournalEntry[]): JournalReplay {
  return replayOnward(entries)(Number.POSITIVE_INFINITY);
}
