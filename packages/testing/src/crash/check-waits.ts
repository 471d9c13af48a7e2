import type { JournalEntry, LoadedSaga } from '@nest-saga/core';
import type { AwaitedSignals, Violation, ViolationRule } from './crash-evidence.js';
import { replayAll } from './journal-replay.js';

/** The violations in the waits of one saga: each wait ends once, and each signal is taken once and in order. */
export function checkWaits(
  { header: { sagaId }, entries }: LoadedSaga,
  awaited: AwaitedSignals = {},
): readonly Violation[] {
  const violations: Violation[] = [];
  const reading = new WaitReading(awaited, (rule, detail) => violations.push({ rule, sagaId, detail }));
  for (const entry of entries) reading.read(entry);
  return violations;
}

/** A saga that was read while its header and its journal do not say the same about whether it is parked. */
export function checkParkedHeader({ header, entries }: LoadedSaga): readonly Violation[] {
  const { sagaId, status, owner, waiting } = header;
  // The park of a saga that starts later has no entry.
  if (status === 'pending') return [];
  const { isParked } = replayAll(entries);
  const report = (rule: ViolationRule, detail: string): readonly Violation[] => [{ rule, sagaId, detail }];
  if (isParked && owner !== undefined)
    return report('owned-while-parked', `it is parked, and ${owner} owns it`);
  if (isParked === (waiting !== undefined)) return [];
  return report(
    'park-not-of-journal',
    isParked ? 'its journal has parked it, and its header has not' : `its header waits for ${waiting?.name}`,
  );
}

type Signal = Extract<JournalEntry, { readonly kind: 'signal-received' }>;
type WaitEnd = Extract<JournalEntry, { readonly kind: 'wait-ended' }>;

/** Reads a journal entry by entry, with the signals that no wait has taken so far. */
class WaitReading {
  private untaken: readonly Signal[] = [];
  private readonly ended = new Set<string>();
  private readonly dedupeIds = new Set<string>();
  /** The time before which a wait is not over by itself. */
  private readonly dueAt = new Map<string, number>();

  constructor(
    private readonly awaited: AwaitedSignals,
    private readonly report: (rule: ViolationRule, detail: string) => void,
  ) {}

  read(entry: JournalEntry): void {
    if (entry.kind === 'signal-received') this.receive(entry);
    if (entry.kind === 'wait-ended') this.end(entry);
    this.noteBeginning(entry);
  }

  private receive(signal: Signal): void {
    const { name, dedupeId, seq } = signal;
    const identity = JSON.stringify([name, dedupeId]);
    if (dedupeId !== undefined && this.dedupeIds.has(identity))
      this.report('signal-recorded-twice', `"${name}" with the id "${dedupeId}" again at ${seq}`);
    this.dedupeIds.add(identity);
    this.untaken = [...this.untaken, signal];
  }

  private end(entry: WaitEnd): void {
    const { step, outcome, seq, recordedAt } = entry;
    if (this.ended.has(step)) this.report('wait-ended-twice', `the wait "${step}" again at ${seq}`);
    this.ended.add(step);
    if (outcome === 'signal') return this.take(entry);
    if (outcome === 'failed') return;
    const restMs = (this.dueAt.get(step) ?? 0) - recordedAt.getTime();
    if (restMs > 0)
      this.report('wait-too-short', `the wait "${step}" ended ${restMs} ms too early at ${seq}`);
    const missed = this.untaken.find((signal) => this.isAwaited(step, signal));
    if (missed !== undefined)
      this.report(
        'signal-missed',
        `the wait "${step}" ended at ${seq}, and its signal was recorded at ${missed.seq}`,
      );
  }

  private take({ step, seq, signal }: WaitEnd): void {
    const taken = this.untaken.find((one) => one.seq === signal);
    if (taken === undefined)
      return this.report(
        'wrong-signal',
        `the wait "${step}" took ${signal} at ${seq}, but no signal was untaken there`,
      );
    const first = this.untaken.find((one) => this.isAwaited(step, one) || isSameKind(one, taken));
    if (first !== taken)
      this.report(
        'wrong-signal',
        `the wait "${step}" took ${signal} at ${seq}, though ${first?.seq} came earlier`,
      );
    this.untaken = this.untaken.filter((one) => one !== taken);
  }

  private isAwaited(step: string, { name, decision }: Signal): boolean {
    return decision === undefined ? this.awaited[step]?.includes(name) === true : name === step;
  }

  private noteBeginning(entry: JournalEntry): void {
    const begun =
      'park' in entry || 'wait' in entry
        ? (entry.park ?? ('wait' in entry ? entry.wait : undefined))
        : undefined;
    if (
      begun?.dueInMs === undefined ||
      begun.for === 'retry' ||
      begun.for === 'overdue' ||
      this.dueAt.has(begun.name)
    )
      return;
    this.dueAt.set(begun.name, entry.recordedAt.getTime() + begun.dueInMs);
  }
}

function isSameKind(one: Signal, other: Signal): boolean {
  return one.name === other.name && (one.decision === undefined) === (other.decision === undefined);
}
