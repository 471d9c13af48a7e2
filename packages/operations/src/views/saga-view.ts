import { executionScenes } from '@nest-saga/core/diagrams';
import { fits, foldJournal } from '@nest-saga/core/engine';
import type { SagaRegistry, SagaStanding, SagaState } from '@nest-saga/core/engine';
import type { AuditRecord, SagaOutline } from '@nest-saga/core/storage-kit';
import { offeredActions } from '../actions/offered-actions.js';
import { cancelPreview } from './cancel-preview.js';
import { toEntryView } from './entry-view.js';
import type { AuditView, PersonView, SagaView, SceneView } from './page-views.js';
import { toSagaRow } from './saga-row.js';

/** All that is known of a saga. */
export interface KnownSaga {
  readonly outline: SagaOutline;
  readonly standing: SagaStanding;
  readonly registry: SagaRegistry;
  /** The person who looks. */
  readonly person: PersonView;
  /** Undefined if the storage keeps none. */
  readonly audit: readonly AuditRecord[] | undefined;
}

/** One saga as the page shows it. It has no context, response, event or payload. */
export function toSagaView({ outline, standing, registry, person, audit }: KnownSaga): SagaView {
  const { header, entries } = outline;
  const definition = registry.find(header.saga, header.version);
  const state = foldJournal(header, entries);
  const seq = entries.at(-1)?.seq ?? 0;
  const misfit = definition && fits(definition, state);
  const { traceparent } = header.metadata;
  const isReadable = definition !== undefined && misfit === undefined;
  const undone = isReadable ? cancelPreview(definition, state, header.owner !== undefined) : [];
  const saga = definition && { sagaId: header.sagaId, definition, state, entries };
  const actions = saga === undefined ? [] : offeredActions({ saga, person, undone });
  const canAct = !person.isReadOnly && person.actor !== undefined;
  return {
    row: toSagaRow(standing, registry),
    seq,
    mark: [seq, header.updatedAt.getTime(), audit?.[0]?.at.getTime() ?? 0].join(':'),
    updatedAt: header.updatedAt.toISOString(),
    scenes: executionScenes(header, entries, definition).map(toSceneView),
    entries: entries.map(toEntryView),
    inDoubt: inDoubt(state),
    actions: canAct ? actions : [],
    audit: (audit ?? []).map(toAuditView),
    canReveal: audit !== undefined && person.actor !== undefined,
    ...(header.deadlineAt === undefined ? {} : { deadlineAt: header.deadlineAt.toISOString() }),
    ...(header.nextRunAt === undefined ? {} : { nextRunAt: header.nextRunAt.toISOString() }),
    ...(traceparent === undefined ? {} : { trace: traceparent.split('-')[1] ?? traceparent }),
    ...(actions.some(({ name }) => name === 'cancel') ? { cancelUndoes: undone } : {}),
    ...(misfit === undefined ? {} : { misfit }),
  };
}

function toAuditView({ at, actor, action, seq, note }: AuditRecord): AuditView {
  return {
    at: at.toISOString(),
    actor,
    action,
    ...(seq === undefined ? {} : { seq }),
    ...(note === undefined ? {} : { note }),
  };
}

function inDoubt({ undo, branches }: SagaState): readonly string[] {
  const steps = [
    ...undo.filter(({ outcome }) => outcome === 'unknown').map(({ step }) => step),
    ...branches.filter(({ priorOutcome }) => priorOutcome === 'unknown').flatMap(({ step }) => step ?? []),
  ];
  return [...new Set(steps)];
}

function toSceneView({
  scene,
  alternative,
  isToCome,
}: ReturnType<typeof executionScenes>[number]): SceneView {
  return { ...scene, isToCome, ...(alternative === undefined ? {} : { alternative: alternative.lines }) };
}
