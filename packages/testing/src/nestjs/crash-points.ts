import type { EntryDraft } from '@nest-saga/core';

/** The place of a crash in the course of a step. */
export type CrashMoment = `${'before' | 'after'}-${'act' | 'entry' | 'compensation'}`;

/** The crashes that a test has asked for and that have not happened yet. */
export class CrashPoints {
  private readonly points: { readonly step: string; readonly moment: CrashMoment }[] = [];

  add(step: string, moment: CrashMoment): void {
    this.points.push({ step, moment });
  }

  /** Whether the process crashes here. Each crash happens once. */
  take(step: string, moment: CrashMoment): boolean {
    const index = this.points.findIndex((point) => point.step === step && point.moment === moment);
    if (index >= 0) this.points.splice(index, 1);
    return index >= 0;
  }

  /** The same for the entry of an act. */
  takeEntry(entry: EntryDraft, when: 'before' | 'after'): boolean {
    const isOfAct = entry.kind === 'act-completed' || entry.kind === 'act-failed';
    return isOfAct && this.take(entry.step, `${when}-entry`);
  }

  clear(): void {
    this.points.length = 0;
  }

  get steps(): readonly string[] {
    return this.points.map(({ step }) => step);
  }
}
