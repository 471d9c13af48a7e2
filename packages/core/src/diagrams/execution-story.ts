import { SagaStuckReason } from '../errors/saga-failure.js';
import { applyEntry } from '../journal/apply-entry.js';
import { branchOf } from '../journal/branch-state.js';
import type { JournalEntry, StepEntry, StepResolved, WaitEnded } from '../journal/journal-entry.js';
import { isStepEntry } from '../journal/is-step-entry.js';
import type { SagaPath } from '../journal/saga-path.js';
import { mayAct } from '../journal/saga-state.js';
import type { SagaState } from '../journal/saga-state.js';
import type { Colour } from './colours.js';
import type { Scene } from './scene.js';
import { sceneOfAttempts } from './scene.js';

/**
 * The scenes of an execution, made from its journal entry by entry: the attempts of one act or compensation are one
 * scene, and so is each request.
 */
export class ExecutionStory {
  private readonly told: Scene[] = [];
  private attempts: readonly StepEntry[] = [];
  private because: string | undefined;
  /** Since the last scene. */
  private recoveries = 0;
  private isStuckTold = false;

  /** @param stateSoFar The state of the saga before its first entry. */
  constructor(
    private stateSoFar: SagaState,
    path?: SagaPath,
  ) {
    this.showSkipped(path);
  }

  get scenes(): readonly Scene[] {
    return this.told;
  }

  /** The state of the saga after the entries so far. */
  get state(): SagaState {
    return this.stateSoFar;
  }

  /** The failed attempts of the step that will be retried; empty if there is none. */
  get openAttempts(): readonly StepEntry[] {
    return this.attempts;
  }

  /** The reason for the next scene. */
  takeBecause(): string | undefined {
    const recovered =
      this.recoveries === 0
        ? []
        : [this.recoveries === 1 ? 'recovered' : `recovered ${this.recoveries} times`];
    const because = [...(this.because === undefined ? [] : [this.because]), ...recovered].join(', ');
    this.because = undefined;
    this.recoveries = 0;
    return because === '' ? undefined : because;
  }

  add(entry: JournalEntry): void {
    const before = this.stateSoFar;
    const after = applyEntry(before, entry);
    if (isStepEntry(entry)) this.showAttempt(entry);
    else this.showEvent(entry);
    if ('path' in entry) this.showSkipped(entry.path);
    this.stateSoFar = after;
    if (entry.kind === 'claimed' && after.recoveries > before.recoveries) this.recoveries++;
    if (after.direction === before.direction) return;
    const haveBothFailed =
      entry.kind !== 'act-completed' && (branchOf(before).isAlternative || before.isUndoingFirst);
    this.because = describeTurn(after, haveBothFailed);
  }

  /** Ends the attempts that are still open: the next scene is not another one of them. */
  closeAttempts(): void {
    const scene = sceneOfAttempts(this.attempts, this.stateSoFar.cancel !== undefined);
    this.attempts = [];
    if (scene !== undefined) this.show(scene);
  }

  /** Shows that the saga is STUCK, unless the last thing shown says so. */
  showStuck(lines: readonly string[]): void {
    if (this.isStuckTold) return;
    this.mark('stuck', ['STUCK', ...lines]);
    this.isStuckTold = true;
  }

  private showSkipped(path: SagaPath | undefined): void {
    for (const id of path?.skipped ?? [])
      this.show({ kind: 'act', colour: 'skipped', lines: [id, 'skipped'] });
  }

  private showAttempt(entry: StepEntry): void {
    const open = this.attempts[0];
    if (open !== undefined && !isSameAction(open, entry)) this.closeAttempts();
    this.attempts = [...this.attempts, entry];
    if ('next' in entry && entry.next === 'retry') return;
    this.closeAttempts();
    if (entry.kind === 'act-failed' && entry.next === 'alternative') this.because = 'alternative';
    if (entry.kind === 'act-failed' && entry.next === 'halt')
      this.showStuck([entry.stuck ?? SagaStuckReason.ForwardExhausted]);
    if (entry.kind === 'act-failed' && entry.next === 'undo-first') this.because = 'undone first';
    if (entry.kind === 'compensation-completed' && this.stateSoFar.isUndoingFirst)
      this.because = 'alternative';
    if (entry.kind === 'compensation-failed' && entry.next === 'continue')
      this.because = 'earlier steps go on';
    if (entry.kind === 'compensation-failed' && entry.next === 'halt')
      this.showStuck(['compensation-exhausted']);
  }

  private showEvent(entry: Exclude<JournalEntry, StepEntry>): void {
    switch (entry.kind) {
      case 'cancel-requested':
        this.closeAttempts();
        this.isStuckTold = false;
        return this.mark('cancelled', ['cancel requested', entry.reason, ...by(entry.actor)]);
      case 'deadline-passed':
        this.closeAttempts();
        return this.stateSoFar.isPastPivot
          ? this.mark('retried', ['deadline passed', 'overdue, not undone'])
          : this.mark('cancelled', ['deadline passed']);
      case 'compensation-decided':
        return this.closeAttempts();
      case 'retry-requested':
        return this.resume([
          'retry requested',
          ...(entry.note === undefined ? [] : [entry.note]),
          ...by(entry.actor),
        ]);
      case 'step-resolved':
        return this.resume([describeResolution(entry, this.stateSoFar), entry.note, ...by(entry.actor)]);
      case 'stuck':
        this.closeAttempts();
        this.isStuckTold = false;
        return this.showStuck([
          entry.reason,
          ...(entry.step === undefined ? [] : [entry.step]),
          entry.message,
        ]);
      case 'signal-received':
        return this.mark('byHand', [
          `${entry.name} ${entry.decision ?? 'came'}`,
          ...(entry.note === undefined ? [] : [entry.note]),
          ...by(entry.actor),
        ]);
      case 'wait-ended':
        this.mark(entry.next === undefined ? 'completed' : 'failed', describeWaitEnd(entry));
        return entry.next === 'halt' ? this.showStuck([SagaStuckReason.ForwardExhausted]) : undefined;
      // The others have no box.
      default:
    }
  }

  /** An operator resumes a STUCK saga. */
  private resume(lines: readonly string[]): void {
    this.closeAttempts();
    this.showStuck([]);
    this.mark('byHand', lines);
    this.isStuckTold = false;
  }

  private mark(colour: Colour, lines: readonly string[]): void {
    this.show({ kind: 'mark', colour, lines });
  }

  private show(scene: Scene): void {
    const because = this.takeBecause();
    this.told.push(because === undefined ? scene : { ...scene, because });
  }
}

function describeTurn({ undo }: SagaState, haveBothFailed: boolean): string {
  const what = undo.length === 0 ? 'nothing to undo' : 'undo';
  return haveBothFailed ? `both failed, ${what}` : what;
}

function describeWaitEnd({ step, outcome, error }: WaitEnded): readonly string[] {
  const how = {
    elapsed: 'waited',
    signal: 'has what it waited for',
    'timed-out': 'timed out',
    failed: 'failed',
  };
  return [step, how[outcome], ...(error === undefined ? [] : [error.message])];
}

function describeResolution({ step, outcome }: StepResolved, state: SagaState): string {
  if (outcome === 'not-done') return `${step} is not done`;
  return `${step} ${mayAct(state) ? 'done' : 'undone'} by hand`;
}

function by(actor: string | undefined): readonly string[] {
  return actor === undefined ? [] : [`by ${actor}`];
}

function isSameAction(one: StepEntry, other: StepEntry): boolean {
  return one.step === other.step && one.kind.startsWith('act') === other.kind.startsWith('act');
}
