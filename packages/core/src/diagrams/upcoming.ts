import type { SagaDefinition } from '../definition/saga-definition.js';
import { stepsOf } from '../definition/saga-definition.js';
import type { GuardedStage } from '../definition/choice-definition.js';
import { isForward } from '../definition/saga-step.js';
import { branchOf } from '../journal/branch-state.js';
import { fits } from '../journal/fits.js';
import { decisionOf, isSkipped } from '../journal/guards.js';
import type { Decisions } from '../journal/saga-path.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import type { Colour } from './colours.js';
import { describeGuards } from './describe-guards.js';
import type { ExecutionStory } from './execution-story.js';
import type { Scene } from './scene.js';
import { linesOfLastError, titleOf } from './scene.js';

/** One scene that is still to come: a step, with its alternative if it has one. */
export interface Upcoming {
  readonly scene: Scene;
  readonly alternative?: Scene;
}

/**
 * The scenes of an execution that are still to come, as far as its journal shows; none if it has ended. Steps that have
 * not run are only known with a definition; one that the journal does not fit adds nothing.
 *
 * Open attempts are closed in the story, unless the next scene is another one of them.
 */
export function upcomingOf(
  header: SagaHeader,
  story: ExecutionStory,
  definition: SagaDefinition | undefined,
): readonly Upcoming[] {
  if (isTerminal(header.status)) return [];
  const isForward = story.state.direction === 'forward' && story.state.cancel === undefined;
  const [first, ...rest] = isForward
    ? (stagesToCome(header, story.state, definition) ?? unknownStep(story))
    : undosToCome(header, story);
  if (first === undefined) return [];
  const [open] = story.openAttempts;
  if (open !== undefined && titleOf(open) !== first.scene.lines[0]) story.closeAttempts();
  return [{ ...first, scene: current(first.scene, header, story) }, ...rest];
}

/** The compensations to come. For a STUCK saga, those after an operator's retry: abandoned compensations are first. */
function undosToCome(header: SagaHeader, { state }: ExecutionStory): readonly Upcoming[] {
  const isStuck = header.status === SagaStatus.Stuck;
  const undo = isStuck ? [...state.undo, ...state.givenUp.toReversed()] : state.undo;
  const end = isStuck || state.givenUp.length === 0 ? 'FAILED' : 'STUCK';
  return [
    ...undo.toReversed().map(({ step }) => ({ scene: waiting('undo', `undo ${step}`) })),
    { scene: waiting('end', end) },
  ];
}

function stagesToCome(
  header: SagaHeader,
  state: SagaState,
  definition: SagaDefinition | undefined,
): readonly Upcoming[] | undefined {
  if (definition === undefined || definition.name !== header.saga || definition.version !== header.version)
    return undefined;
  if (fits(definition, state) !== undefined) return undefined;
  const undoneFirst = state.isUndoingFirst ? state.undo.slice(-1) : [];
  const mayRun = definition.stages.slice(state.stage).filter((stage) => !isSkipped(stage, state.decisions));
  const stages = mayRun.map((stage, index): Upcoming => {
    const ids = stage.kind === 'wait' ? [stage.wait.id] : stepsOf(stage).map(({ id }) => id);
    const kinds = stepsOf(stage).flatMap((step) => (isForward(step) ? [step.kind] : []));
    const lines = [...kinds.slice(0, 1), ...describeOpenGuards(stage, state.decisions)];
    const [primary = '', alternative] =
      index === 0 && (branchOf(state).isAlternative || state.isUndoingFirst) ? ids.slice(-1) : ids;
    return {
      scene: waiting('act', primary, lines),
      ...(alternative === undefined ? {} : { alternative: waiting('act', alternative, lines) }),
    };
  });
  return [
    ...undoneFirst.map(({ step }) => ({ scene: waiting('undo', `undo ${step}`) })),
    ...stages,
    { scene: waiting('end', 'COMPLETED') },
  ];
}

function unknownStep({ openAttempts, scenes }: ExecutionStory): readonly Upcoming[] {
  const steps = scenes.filter(({ kind }) => kind === 'act');
  const title = openAttempts[0]?.step ?? (steps.length === 0 ? 'the first step' : 'what comes next');
  return [{ scene: waiting('act', title) }];
}

/** The scene that runs, will run next, or would run after an operator's retry. */
function current(scene: Scene, header: SagaHeader, story: ExecutionStory): Scene {
  const because = story.takeBecause();
  const led = { ...scene, ...(because === undefined ? {} : { because }) };
  if (scene.kind === 'end') return led;
  const colour: Colour = header.status === SagaStatus.Stuck ? 'waiting' : 'running';
  return {
    ...led,
    colour,
    lines: [...scene.lines, describeTurn(header, story), ...linesOfLastError(story.openAttempts)],
  };
}

function describeTurn(header: SagaHeader, { openAttempts }: ExecutionStory): string {
  const last = openAttempts.at(-1);
  const who =
    header.status === SagaStatus.Stuck
      ? 'waits for a person'
      : header.owner === undefined
        ? 'next'
        : 'running';
  if (last === undefined) return who;
  const retryAt = 'retryAt' in last ? last.retryAt : undefined;
  const earliest = retryAt === undefined ? '' : `, not before ${retryAt.toISOString()}`;
  return `${who}, attempt ${last.attempt + 1}${earliest}`;
}

/** The conditions of a stage that are not decided yet. */
function describeOpenGuards({ guards = [] }: GuardedStage, decisions: Decisions): readonly string[] {
  const open = guards.filter(({ decision }) => decisionOf(decision, decisions) === undefined);
  return open.length === 0 ? [] : [`if ${describeGuards({ guards: open }).join(' and ')}`];
}

function waiting(kind: Scene['kind'], title: string, more: readonly string[] = []): Scene {
  return { kind, lines: [title, ...more], colour: 'waiting' };
}
