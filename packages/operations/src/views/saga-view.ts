import type { SagaDefinition } from '@nest-saga/core';
import { executionScenes } from '@nest-saga/core/diagrams';
import { cancelRequest, fits, foldJournal } from '@nest-saga/core/engine';
import type { SagaRegistry, SagaStanding, SagaState } from '@nest-saga/core/engine';
import type { SagaOutline } from '@nest-saga/core/storage-kit';
import { cancelPreview } from './cancel-preview.js';
import { toEntryView } from './entry-view.js';
import type { SagaView, SceneView, UndoView } from './page-views.js';
import { toSagaRow } from './saga-row.js';

/** One saga as the page shows it. It has no context, response, event or payload. */
export function toSagaView(outline: SagaOutline, standing: SagaStanding, registry: SagaRegistry): SagaView {
  const { header, entries } = outline;
  const definition = registry.find(header.saga, header.version);
  const state = foldJournal(header, entries);
  const seq = entries.at(-1)?.seq ?? 0;
  const misfit = definition && fits(definition, state);
  const { traceparent } = header.metadata;
  const cancelUndoes =
    definition && misfit === undefined ? undoneByCancel(definition, outline, state) : undefined;
  return {
    row: toSagaRow(standing, registry),
    seq,
    mark: `${seq}:${header.updatedAt.getTime()}`,
    updatedAt: header.updatedAt.toISOString(),
    scenes: executionScenes(header, entries, definition).map(toSceneView),
    entries: entries.map(toEntryView),
    inDoubt: inDoubt(state),
    ...(header.deadlineAt === undefined ? {} : { deadlineAt: header.deadlineAt.toISOString() }),
    ...(header.nextRunAt === undefined ? {} : { nextRunAt: header.nextRunAt.toISOString() }),
    ...(traceparent === undefined ? {} : { trace: traceparent.split('-')[1] ?? traceparent }),
    ...(cancelUndoes === undefined ? {} : { cancelUndoes }),
    ...(misfit === undefined ? {} : { misfit }),
  };
}

function undoneByCancel(
  definition: SagaDefinition,
  { header, entries }: SagaOutline,
  state: SagaState,
): readonly UndoView[] | undefined {
  try {
    const isWanted = cancelRequest('preview', undefined).isWanted({
      sagaId: header.sagaId,
      definition,
      state,
      entries,
    });
    return isWanted ? cancelPreview(definition, state, header.owner !== undefined) : undefined;
  } catch {
    return undefined;
  }
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
