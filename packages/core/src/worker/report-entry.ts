import type { SagaDefinition } from '../definition/saga-definition.js';
import type { EventClasses } from '../execution/attempt-run.js';
import { nextActions } from '../execution/next-actions.js';
import type { RecordedEntry } from '../execution/recorded-entry.js';
import type { UndeliveredEvents } from '../execution/delivery.js';
import { undeliveredEvents } from '../execution/delivery.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import { isStepEntry } from '../journal/is-step-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import { hideEntryTexts, hideStateTexts } from '../journal/sealed-texts.js';
import { toStepResult } from '../journal/step-result.js';
import { notifySaga } from '../ports/notify.js';
import type { SagaListener, SagaReference } from '../ports/saga-listener.js';
import type { LoadedSaga } from '../ports/saga-storage.js';
import { eventsOf } from './event-deliveries.js';

/** Notifies a listener of the meaning of a recorded entry, in the order of events. */
export const reportEntry = {
  /** Called when an entry has just become durable. */
  recorded(
    listener: SagaListener | undefined,
    { definition, header, entry: written, before, after, eventClasses }: RecordedEntry,
  ): void {
    if (listener === undefined) return;
    const entry = definition.codec.encrypts === true ? hideEntryTexts(written) : written;
    const { sagaId, saga, version } = header;
    const reference = { sagaId, saga, version };
    if (isStepEntry(entry)) {
      notifySaga(listener, {
        type: 'step',
        ...reference,
        result: toStepResult(sagaId, definition, entry),
      });
      reportEvents(listener, definition, header, entry, eventClasses);
    }
    if (entry.kind === 'delivery-failed') {
      const { emittedSeq, index, handler, error } = entry;
      notifySaga(listener, { type: 'delivery-failed', ...reference, seq: emittedSeq, index, handler, error });
    }
    reportOverdue(listener, reference, entry, before, after);
    if (after.status !== before.status) reportStatus(listener, definition, reference, after);
  },

  /**
   * Called when a saga was claimed. A crash may have lost the events of its last step, so the listener is notified of
   * them again, and they are returned to be delivered again.
   *
   * @throws The codec's error if it cannot read them.
   */
  recovered(
    listener: SagaListener | undefined,
    definition: SagaDefinition,
    { header, entries }: LoadedSaga,
    state: SagaState,
  ): UndeliveredEvents | undefined {
    const { sagaId, saga, version, metadata } = header;
    const reference = { sagaId, saga, version };
    const isRecovery = entries.at(-1)?.kind === 'claimed' && state.recoveries > 0;
    notifySaga(listener, {
      type: 'claimed',
      ...reference,
      isRecovery,
      recoveries: state.recoveries,
      metadata,
    });
    // Requests have no listener: the first owner after a request notifies the listener of its effect.
    if (listener !== undefined && isSentBackByPerson(entries.at(-2)))
      reportStatus(listener, definition, reference, state);
    // The saga is only marked as STUCK here: its events are redelivered when an operator resumes it.
    if (isAboutToBeStuck(definition, state)) return undefined;
    const undelivered = undeliveredEvents(entries);
    if (undelivered !== undefined && listener !== undefined)
      reportEvents(listener, definition, header, undelivered.entry);
    return undelivered;
  },
};

function isSentBackByPerson(entry: JournalEntry | undefined): boolean {
  return entry?.kind === 'step-resolved' && entry.outcome === 'not-done';
}

function isAboutToBeStuck(definition: SagaDefinition, state: SagaState): boolean {
  return nextActions(definition, state).some(
    (action) => action.kind === 'record' && action.entry.kind === 'stuck',
  );
}

function reportEvents(
  listener: SagaListener,
  definition: SagaDefinition,
  header: SagaHeader,
  entry: JournalEntry,
  classes?: EventClasses,
): void {
  for (const { index: _index, ...emitted } of eventsOf({ definition, header, entry, classes }))
    notifySaga(listener, { type: 'emitted', ...emitted });
}

function reportOverdue(
  listener: SagaListener,
  reference: SagaReference,
  entry: JournalEntry,
  before: SagaState,
  after: SagaState,
): void {
  const type = 'overdue';
  if (entry.kind === 'act-failed' && entry.overdue === true) {
    const { step, attempt } = entry;
    notifySaga(listener, { type, ...reference, step, attempt, reason: 'attempts' });
  }
  if (isLatePastPivot(after) && !isLatePastPivot(before))
    notifySaga(listener, { type, ...reference, step: undefined, attempt: undefined, reason: 'deadline' });
}

/** The deadline passed after the pivot, or while the pivot ran. */
function isLatePastPivot({ isPastPivot, isOverdue }: SagaState): boolean {
  return isPastPivot && isOverdue;
}

function reportStatus(
  listener: SagaListener,
  { codec }: SagaDefinition,
  reference: SagaReference,
  state: SagaState,
): void {
  const { status, failure, stuck } = codec.encrypts === true ? hideStateTexts(state) : state;
  switch (status) {
    case 'compensating':
      return notifySaga(listener, { type: 'compensating', ...reference, failure });
    case 'completed':
      return notifySaga(listener, { type: 'completed', ...reference });
    case 'failed':
      return notifySaga(listener, { type: 'failed', ...reference, failure });
    case 'stuck':
      return notifySaga(listener, { type: 'stuck', ...reference, stuck });
    default:
  }
}
