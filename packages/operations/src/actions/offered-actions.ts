import type { JournalEntry, SagaDefinition, SagaSignal } from '@nest-saga/core';
import { isTerminal } from '@nest-saga/core';
import {
  cancelRequest,
  decisionRequest,
  fits,
  openSteps,
  resolveRequest,
  retryRequest,
} from '@nest-saga/core/engine';
import type { RequestedSaga, SagaRequest } from '@nest-saga/core/engine';
import type { ActionView, PersonView, UndoView } from '../views/page-views.js';
import {
  foreseeCancel,
  foreseeDecision,
  foreseeDone,
  foreseeNotDone,
  foreseeRedelivery,
  foreseeRetry,
  foreseeReversal,
  foreseeSignal,
  isAwaited,
} from './foresee.js';
import { fieldsOfSignal } from './signal-fields.js';

/** A saga, and who looks at it. */
export interface Offer {
  readonly saga: RequestedSaga;
  readonly person: PersonView;
  readonly undone: readonly UndoView[];
}

const aNote = 'a note';
const someone = 'a person';

/**
 * What a person can do with a saga now. Each action is asked of the request that would carry it out, so that nothing is
 * offered that would be refused.
 */
export function offeredActions(offer: Offer): readonly ActionView[] {
  return [
    ...stuckActions(offer),
    ...decisions(offer),
    ...signals(offer),
    ...redeliveries(offer),
    ...cancels(offer),
    ...reversals(offer),
  ];
}

function stuckActions({ saga, undone }: Offer): readonly ActionView[] {
  const foreseen = { ...saga, undone };
  const retry = isPossible(saga, () => retryRequest(someone, aNote))
    ? [action({ name: 'retry', label: 'Retry', sentence: foreseeRetry(foreseen) })]
    : [];
  const resolutions = openSteps(saga.definition, saga.state).flatMap((step): readonly ActionView[] => {
    const done = isPossible(saga, () => resolveRequest(step, someone, aNote, 'done'));
    const notDone = isPossible(saga, () => resolveRequest(step, someone, aNote, 'not-done'));
    const isUndo = saga.state.direction === 'backward';
    return [
      ...(done
        ? [
            action({
              name: 'resolve-done',
              label: isUndo ? `${step} was undone by hand` : `${step} was done by hand`,
              sentence: foreseeDone(foreseen, step),
              target: step,
              isNoteRequired: true,
            }),
          ]
        : []),
      ...(notDone
        ? [
            action({
              name: 'resolve-not-done',
              label: `${step} has no effect`,
              sentence: foreseeNotDone(foreseen, step),
              target: step,
              isNoteRequired: true,
              isGrave: true,
            }),
          ]
        : []),
    ];
  });
  return [...retry, ...resolutions];
}

function decisions({ saga, person, undone }: Offer): readonly ActionView[] {
  const step = saga.state.wait?.for === 'approval' ? saga.state.wait.name : undefined;
  if (step === undefined) return [];
  const actor = person.actor ?? someone;
  const decide = (decision: 'approved' | 'rejected'): SagaRequest =>
    decisionRequest(step, { decision, actor, roles: person.roles });
  const refusal = refusalOf(saga, () => decide('approved'));
  // Another person has decided: the saga just has not gone on yet.
  if (refusal !== undefined && !refusal.isForbidden) return [];
  const foreseen = { ...saga, undone };
  const refused = refusal === undefined ? {} : { refusal: refusal.message };
  return [
    action({
      name: 'approve',
      label: 'Approve',
      sentence: foreseeDecision(foreseen, step, 'approved'),
      target: step,
      ...refused,
    }),
    action({
      name: 'reject',
      label: 'Reject',
      sentence: foreseeDecision(foreseen, step, 'rejected'),
      target: step,
      isGrave: true,
      ...refused,
    }),
  ];
}

function signals({ saga, undone }: Offer): readonly ActionView[] {
  const { definition, state } = saga;
  if (isTerminal(state.status) || state.direction === 'backward') return [];
  const known = signalsOf(definition).toSorted(
    (one, other) =>
      Number(isAwaited(definition, state, other.name)) - Number(isAwaited(definition, state, one.name)),
  );
  return known.map((signal) =>
    action({
      name: 'signal',
      label: `Send ${signal.name}`,
      sentence: foreseeSignal({ ...saga, undone }, signal.name),
      target: signal.name,
      fields: fieldsOfSignal(signal),
    }),
  );
}

function redeliveries({ saga: { entries } }: Offer): readonly ActionView[] {
  const failed = new Map<number, string[]>();
  for (const entry of entries.filter(isFailedDelivery))
    failed.set(entry.emittedSeq, [...(failed.get(entry.emittedSeq) ?? []), entry.handler]);
  return [...failed].map(([entry, handlers]) =>
    action({
      name: 'redeliver',
      label: `Deliver the events of entry ${entry} again`,
      sentence: foreseeRedelivery(entry),
      target: [...new Set(handlers)].join(', '),
      entry,
    }),
  );
}

function cancels({ saga, undone }: Offer): readonly ActionView[] {
  if (!isPossible(saga, () => cancelRequest(aNote, someone))) return [];
  return [
    action({
      name: 'cancel',
      label: 'Cancel',
      sentence: foreseeCancel({ undone }),
      isNoteRequired: true,
      isGrave: true,
    }),
  ];
}

function reversals({ saga: { definition, state } }: Offer): readonly ActionView[] {
  const isReversible =
    state.status === 'completed' && !state.isPastPivot && fits(definition, state) === undefined;
  if (!isReversible) return [];
  return [
    action({
      name: 'reverse',
      label: 'Reverse',
      sentence: foreseeReversal(state),
      isNoteRequired: true,
      isGrave: true,
    }),
  ];
}

/** The signals of all waits of a saga, each once. */
export function signalsOf({ stages }: SagaDefinition): readonly SagaSignal[] {
  const known = new Map<string, SagaSignal>();
  for (const stage of stages) {
    if (stage.kind !== 'wait' || stage.wait.for !== 'signal') continue;
    for (const signal of stage.wait.signals) known.set(signal.name, signal);
  }
  return [...known.values()];
}

type Described = Pick<ActionView, 'name' | 'label' | 'sentence'> & Partial<ActionView>;

function action(described: Described): ActionView {
  return { isNoteRequired: false, isGrave: false, fields: [], ...described };
}

function isPossible(saga: RequestedSaga, request: () => SagaRequest): boolean {
  try {
    return request().isWanted(saga);
  } catch {
    return false;
  }
}

function refusalOf(
  saga: RequestedSaga,
  request: () => SagaRequest,
): { readonly message: string; readonly isForbidden: boolean } | undefined {
  try {
    request().isWanted(saga);
    return undefined;
  } catch (error) {
    const { message, code } = error as { readonly message: string; readonly code?: string };
    return { message, isForbidden: code === 'SAGA_APPROVAL_FORBIDDEN' };
  }
}

type FailedDeliveryEntry = Extract<JournalEntry, { readonly kind: 'delivery-failed' }>;

function isFailedDelivery(entry: JournalEntry): entry is FailedDeliveryEntry {
  return entry.kind === 'delivery-failed';
}
