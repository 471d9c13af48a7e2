import type { JournalEntry, StepEntry, StepResolved } from '../journal/journal-entry.js';
import { isStepEntry } from '../journal/journal-entry.js';
import { retryEndsAt } from '../journal/retry-wait.js';
import type { Colour } from './colours.js';
import type { Scene } from './scene.js';
import { sceneOfAttempts } from './scene.js';
import type { UndoOutlook } from './undo-outlook.js';
import { applyToOutlook, firstOutlook } from './undo-outlook.js';

/**
 * What happened to an execution, told from its journal entry by entry: attempts of one act or undo are one scene, and
 * so is each thing that somebody asked for.
 */
export class ExecutionStory {
  private readonly told: Scene[] = [];
  private outlookSoFar: UndoOutlook = firstOutlook;
  private attempts: readonly StepEntry[] = [];
  private because: string | undefined;
  private recoveries = 0;
  private isReleased = false;
  private isStuckTold = false;
  private isAlternative = false;

  get scenes(): readonly Scene[] {
    return this.told;
  }

  get outlook(): UndoOutlook {
    return this.outlookSoFar;
  }

  /** The failed attempts of the step that is to be tried again; empty where none is. */
  get openAttempts(): readonly StepEntry[] {
    return this.attempts;
  }

  /** What led to what comes next. */
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

  tell(entry: JournalEntry): void {
    const before = this.outlookSoFar;
    if (isStepEntry(entry)) this.tellAttempt(entry);
    else this.tellEvent(entry);
    this.outlookSoFar = applyToOutlook(before, entry);
    if (this.outlookSoFar.direction !== before.direction) this.because = this.describeTurn();
  }

  /** Ends the attempts that are still open: whatever comes next is not one more of them. */
  closeAttempts(): void {
    const scene = sceneOfAttempts(this.attempts, this.outlookSoFar.isCancelled);
    this.attempts = [];
    if (scene !== undefined) this.show(scene);
  }

  /** Shows that the saga is STUCK, unless the last thing shown says so. */
  tellStuck(lines: readonly string[]): void {
    if (this.isStuckTold) return;
    this.mark('stuck', ['STUCK', ...lines]);
    this.isStuckTold = true;
  }

  private tellAttempt(entry: StepEntry): void {
    const open = this.attempts[0];
    if (open !== undefined && !isSameAction(open, entry)) this.closeAttempts();
    this.attempts = [...this.attempts, entry];
    if ('next' in entry && entry.next === 'retry') return;
    this.closeAttempts();
    if (entry.kind === 'act-completed') this.isAlternative = false;
    if (entry.kind === 'act-failed' && (entry.next === 'alternative' || entry.next === 'undo-first')) {
      this.isAlternative = true;
      this.because = entry.next === 'alternative' ? 'alternative' : 'undone first';
    }
    if (entry.kind === 'compensation-completed' && this.outlookSoFar.isUndoingFirst)
      this.because = 'alternative';
    if (entry.kind === 'compensation-failed' && entry.next === 'continue')
      this.because = 'earlier steps go on';
    if (entry.kind === 'compensation-failed' && entry.next === 'halt')
      this.tellStuck(['compensation-exhausted']);
  }

  private describeTurn(): string {
    const what = this.outlookSoFar.undo.length === 0 ? 'nothing to undo' : 'undo';
    return this.isAlternative ? `both failed, ${what}` : what;
  }

  private tellEvent(entry: Exclude<JournalEntry, StepEntry>): void {
    switch (entry.kind) {
      case 'claimed':
        if (entry.from !== 'pending' && !this.isReleased && !this.isWaitingAt(entry.recordedAt))
          this.recoveries++;
        this.isReleased = false;
        return;
      case 'released':
        this.isReleased = entry.reason !== 'trouble';
        return;
      case 'cancel-requested':
        this.closeAttempts();
        this.isStuckTold = false;
        return this.mark('cancelled', ['cancel requested', entry.reason, ...by(entry.actor)]);
      case 'compensation-decided':
        return this.closeAttempts();
      case 'retry-requested':
        return this.resume([
          'retry requested',
          ...(entry.note === undefined ? [] : [entry.note]),
          ...by(entry.actor),
        ]);
      case 'step-resolved': {
        return this.resume([describeResolution(entry, this.outlookSoFar), entry.note, ...by(entry.actor)]);
      }
      case 'stuck':
        this.closeAttempts();
        this.isStuckTold = false;
        return this.tellStuck([
          entry.reason,
          ...(entry.step === undefined ? [] : [entry.step]),
          entry.message,
        ]);
      case 'settled':
        return;
    }
  }

  private isWaitingAt(moment: Date): boolean {
    const last = this.attempts.at(-1);
    if (last === undefined || !('next' in last)) return false;
    return (retryEndsAt(last) ?? 0) > moment.getTime();
  }

  /** A person lets a STUCK saga go on: the claim that follows is no recovery. */
  private resume(lines: readonly string[]): void {
    this.closeAttempts();
    this.tellStuck([]);
    this.mark('byHand', lines);
    this.isStuckTold = false;
    this.isReleased = true;
  }

  private mark(colour: Colour, lines: readonly string[]): void {
    this.show({ kind: 'mark', colour, lines });
  }

  private show(scene: Scene): void {
    const because = this.takeBecause();
    this.told.push(because === undefined ? scene : { ...scene, because });
  }
}

function describeResolution({ step, outcome }: StepResolved, outlook: UndoOutlook): string {
  if (outcome === 'not-done') return `${step} is not done`;
  const isForward = outlook.direction === 'forward' && !outlook.isUndoingFirst;
  return `${step} ${isForward ? 'done' : 'undone'} by hand`;
}

function by(actor: string | undefined): readonly string[] {
  return actor === undefined ? [] : [`by ${actor}`];
}

function isSameAction(one: StepEntry, other: StepEntry): boolean {
  return one.step === other.step && one.kind.startsWith('act') === other.kind.startsWith('act');
}
