import type { SagaDefinition } from '../definition/saga-definition.js';
import { SagaFailureReason } from '../errors/saga-failure.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { isOpen, SagaStatus } from '../journal/saga-status.js';
import { ExecutionStory } from './execution-story.js';
import type { Scene } from './scene.js';
import { describeError } from './scene.js';
import { upcomingOf } from './upcoming.js';

/** One scene of an execution. */
export interface ExecutionScene {
  readonly scene: Scene;
  /** The alternative that may replace a scene to come. */
  readonly alternative?: Scene;
  /** It is still to come, or runs now. */
  readonly isToCome: boolean;
}

/**
 * The scenes of an execution, in order: its beginning, all that happened, all that is to come, and its end. Every picture of
 * an execution is made from them. The texts are not encoded for any kind of picture.
 *
 * @param entries The whole journal in order.
 * @param definition Adds the steps that have not run. A definition of another saga, or one that the journal does not
 * fit, adds nothing.
 */
export function executionScenes(
  header: SagaHeader,
  entries: readonly JournalEntry[],
  definition?: SagaDefinition,
): readonly ExecutionScene[] {
  const story = new ExecutionStory(foldJournal(header, []), header.path);
  for (const entry of entries) story.add(entry);
  if (!isOpen(header.status)) story.closeAttempts();
  if (header.status === SagaStatus.Stuck) story.showStuck(describeStuck(header));
  const upcoming = upcomingOf(header, story, definition);
  const end = endOf(header, story.takeBecause());
  return [
    { scene: beginning(header), isToCome: false },
    ...story.scenes.map((scene) => ({ scene, isToCome: false })),
    ...upcoming.map((one) => ({ ...one, isToCome: true })),
    ...(end === undefined ? [] : [{ scene: end, isToCome: false }]),
  ];
}

function beginning({ saga, version, sagaId, reverses, createdAt }: SagaHeader): Scene {
  const undone = reverses === undefined ? [] : [`reverses ${reverses}`];
  return { kind: 'end', lines: [`${saga}, version ${version}`, sagaId, ...undone, createdAt.toISOString()] };
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
  [SagaFailureReason.Reversed]: 'reversed',
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
