import type { SagaDefinition } from '../definition/saga-definition.js';
import { SagaFailureReason } from '../errors/saga-failure.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen, SagaStatus } from '../journal/saga-status.js';
import { ExecutionStory } from './execution-story.js';
import { Flowchart } from './flowchart.js';
import type { Scene } from './scene.js';
import { describeError } from './scene.js';
import { upcomingOf } from './upcoming.js';

/**
 * One execution as the text of a Mermaid flowchart, coloured by result: steps that completed, were retried, failed,
 * were undone or given up, the step that runs or comes next, a cancel, and the point at which the saga is STUCK. It
 * shows no context, no response and no key.
 *
 * @param entries The whole journal in order.
 * @param definition Adds the steps that have not run. A definition of another saga, or one that the journal does not
 * fit, adds nothing.
 *
 * @example
 * const saga = await storage.load(sagaId);
 * if (saga !== undefined) process.stdout.write(executionDiagram(saga.header, saga.entries, orderSaga));
 *
 *
 */
export function executionDiagram(
  header: SagaHeader,
  entries: readonly JournalEntry[],
  definition?: SagaDefinition,
): string {
  const story = new ExecutionStory(foldJournal(header, []));
  for (const entry of entries) story.add(entry);
  if (!isOpen(header.status)) story.closeAttempts();
  if (header.status === SagaStatus.Stuck) story.showStuck(describeStuck(header));
  const upcoming = upcomingOf(header, story, definition);

  const chart = new Flowchart();
  chart.add(beginning(header));
  for (const scene of story.scenes) chart.add(scene);
  for (const { scene, alternative } of upcoming) {
    if (alternative === undefined) chart.add(scene);
    else chart.addWithAlternative(scene, alternative);
  }
  const end = endOf(header, story.takeBecause());
  if (end !== undefined) chart.add(end);
  return chart.print();
}

function beginning({ saga, version, sagaId, createdAt }: SagaHeader): Scene {
  return { kind: 'end', lines: [`${saga}, version ${version}`, sagaId, createdAt.toISOString()] };
}

function describeStuck({ stuck }: SagaHeader): readonly string[] {
  if (stuck === undefined) return [];
  const error =
    stuck.errorName === undefined ? stuck.message : describeError({ ...stuck, name: stuck.errorName });
  return [stuck.reason, ...(stuck.step === undefined ? [] : [stuck.step]), error];
}

function endOf(header: SagaHeader, because: string | undefined): Scene | undefined {
  const base = { kind: 'end', ...(because === undefined ? {} : { because }) } as const;
  const endedAt = header.updatedAt.toISOString();
  if (header.status === SagaStatus.Completed)
    return { ...base, colour: 'completed', lines: ['COMPLETED', endedAt] };
  if (header.status !== SagaStatus.Failed) return undefined;
  const why = header.failure && whyUndone[header.failure.reason];
  return {
    ...base,
    colour: why === undefined ? 'failed' : 'cancelled',
    lines: [why === undefined ? 'FAILED' : `FAILED, ${why}`, ...describeFailure(header), endedAt],
  };
}

const whyUndone = {
  [SagaFailureReason.Cancelled]: 'cancelled',
  [SagaFailureReason.Deadline]: 'deadline passed',
  [SagaFailureReason.StepFailed]: undefined,
};

function describeFailure({ failure }: SagaHeader): readonly string[] {
  if (failure === undefined) return [];
  return [
    ...(failure.step === undefined ? [] : [failure.step]),
    describeError({ ...failure, name: failure.errorName }),
    ...(failure.cause === undefined
      ? []
      : [`before that ${describeError({ ...failure.cause, name: failure.cause.errorName })}`]),
  ];
}
