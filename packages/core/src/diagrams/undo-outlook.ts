import type { JournalEntry } from '../journal/journal-entry.js';

/** What a journal says about undoing, without the definition of its saga. */
export interface UndoOutlook {
  readonly direction: 'forward' | 'backward';
  /** The ids of the steps whose undo is still to come, the next one last. */
  readonly undo: readonly string[];
  /** The ids of the steps whose undo was given up while earlier ones went on. */
  readonly givenUp: readonly string[];
  /** Somebody asked for a cancel, and nothing was decided yet. */
  readonly isCancelled: boolean;
  /** The primary of a fallback is undone before its alternative begins. */
  readonly isUndoingFirst: boolean;
}

/** The outlook of a saga that nothing has happened to yet. */
export const firstOutlook: UndoOutlook = {
  direction: 'forward',
  undo: [],
  givenUp: [],
  isCancelled: false,
  isUndoingFirst: false,
};

/** The outlook after one more entry. The rules are those of the engine, told by the entries alone. */
export function applyToOutlook(outlook: UndoOutlook, entry: JournalEntry): UndoOutlook {
  const { undo, givenUp } = outlook;
  switch (entry.kind) {
    case 'act-completed':
      return turnedIf(outlook.isCancelled, { ...outlook, undo: [...undo, entry.step] });
    case 'act-failed':
      return turnedIf(entry.next === 'compensate', {
        ...outlook,
        undo: entry.undo ? [...undo, entry.step] : undo,
        isUndoingFirst: entry.next === 'undo-first',
      });
    case 'compensation-completed':
      return undoneFirst({ ...outlook, undo: without(undo, entry.step) });
    case 'compensation-failed': {
      // A cancel that came while a primary was undone first is decided by how that undo ended.
      const heeded = turnedIf(outlook.isUndoingFirst && outlook.isCancelled, outlook);
      if (entry.next !== 'continue') return heeded;
      return { ...heeded, undo: without(undo, entry.step), givenUp: [...givenUp, entry.step] };
    }
    case 'cancel-requested':
      return { ...outlook, isCancelled: true };
    case 'compensation-decided':
      return turnedIf(true, { ...outlook, undo: [...undo, ...entry.undo.map(({ step }) => step)] });
    case 'retry-requested':
      return { ...outlook, undo: [...undo, ...givenUp.toReversed()], givenUp: [] };
    case 'step-resolved':
      if (outlook.isUndoingFirst) return undoneFirst({ ...outlook, undo: without(undo, entry.step) });
      if (entry.outcome === 'not-done') return turnedIf(true, outlook);
      if (outlook.direction === 'forward') return { ...outlook, undo: [...undo, entry.step] };
      return {
        ...outlook,
        undo: [...undo, ...givenUp.toReversed()].filter((step) => step !== entry.step),
        givenUp: [],
      };
    case 'claimed':
    case 'released':
    case 'stuck':
    case 'settled':
      return outlook;
  }
}

function undoneFirst(outlook: UndoOutlook): UndoOutlook {
  return turnedIf(outlook.isUndoingFirst && outlook.isCancelled, { ...outlook, isUndoingFirst: false });
}

function turnedIf(isTurned: boolean, outlook: UndoOutlook): UndoOutlook {
  return isTurned ? { ...outlook, direction: 'backward', isUndoingFirst: false } : outlook;
}

function without(steps: readonly string[], step: string): readonly string[] {
  const last = steps.lastIndexOf(step);
  return steps.filter((_, index) => index !== last);
}
