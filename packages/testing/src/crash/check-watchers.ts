import { isStepEntry } from '@nest-saga/core';
import type { LoadedSaga } from '@nest-saga/core';
import type { EmittedEvent, Violation, ViolationRule, WatcherRecord } from './crash-evidence.js';

/** Compares the results that a watcher got with the journal: none too early, none twice, none missing. */
export function checkWatcher(saga: LoadedSaga, record: WatcherRecord): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (rule: ViolationRule, detail: string): void => {
    violations.push({ rule, sagaId: record.sagaId, detail: `${record.watcher} ${detail}` });
  };
  const steps = new Map(
    saga.entries.filter((entry) => isStepEntry(entry)).map((entry) => [entry.seq, entry]),
  );
  let last = record.fromSeq;
  for (const { seq, at, durableSeq } of record.seen) {
    const entry = steps.get(seq);
    const isEarly = entry === undefined || entry.recordedAt.getTime() > at || (durableSeq ?? seq) < seq;
    if (isEarly) report('shown-too-early', `was shown ${seq} before it was durable`);
    if (seq <= last) report('shown-out-of-order', `was shown ${seq} after ${last}`);
    last = Math.max(last, seq);
  }
  const seen = new Set(record.seen.map(({ seq }) => seq));
  // A watcher that got the end has all results. Another one may lack the last ones, but none in between.
  const until = record.isEnded ? Number.POSITIVE_INFINITY : last;
  for (const seq of steps.keys()) {
    if (seq > record.fromSeq && seq <= until && !seen.has(seq)) report('not-shown', `was never shown ${seq}`);
  }
  return violations;
}

/**
 * Compares the events that steps emitted with those that listeners got: each at least once, and never before it was
 * durable.
 */
export function checkEvents(
  { header: { sagaId }, entries }: LoadedSaga,
  emitted: readonly EmittedEvent[],
): readonly Violation[] {
  const told = emitted.filter((event) => event.sagaId === sagaId);
  const early = told.filter(({ seq, durableSeq }) => durableSeq !== undefined && durableSeq < seq);
  const heard = new Set(told.map(({ seq }) => seq));
  const lost = entries.filter(
    (entry) => 'events' in entry && entry.events !== undefined && !heard.has(entry.seq),
  );
  return [
    ...early.map(({ seq }): Violation => {
      return {
        rule: 'shown-too-early',
        sagaId,
        detail: `an event of ${seq} was published before it was durable`,
      };
    }),
    ...lost.map(({ seq }): Violation => {
      return { rule: 'event-lost', sagaId, detail: `an event of ${seq} was never published` };
    }),
  ];
}
