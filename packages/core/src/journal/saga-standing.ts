import type { Json } from '../context/context-codec.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { applyEntry } from './apply-entry.js';
import { fits } from './fits.js';
import { foldJournal, initialState } from './fold-journal.js';
import type { JournalEntry } from './journal-entry.js';
import type { SagaHeader } from './saga-header.js';
import type { SagaState } from './saga-state.js';
import { isOpen, isTerminal, SagaStatus } from './saga-status.js';
import type { SagaWait } from './saga-wait.js';
import { toSagaWait, waitAfter, waitAtStart } from './saga-wait.js';
import { standingStep } from './stage-steps.js';

/** The state of one execution, by its header and its journal. */
export interface SagaStanding {
  readonly header: SagaHeader;
  /** The context after the last step. */
  readonly context: Json;
  /**
   * The id of the step that runs, waits for its next attempt, or is the one at which the saga is STUCK. Undefined
   * before the first and after the last step, and if the saga is not registered in this process.
   */
  readonly step: string | undefined;
  /** The time of the last change of its status or step, by the clock of the storage. */
  readonly since: Date;
  /** Claims after a crash, without progress since. Undefined if the saga is not registered in this process. */
  readonly recoveries: number | undefined;
  /** What it waits for, without an owner or in the memory of one. */
  readonly waiting: SagaWait | undefined;
}

/**
 * The state of an execution. It does not need the values in the journal.
 *
 * @param definition Undefined if the saga is not registered in this process, or its whole journal cannot be read.
 */
export function standingOf(
  definition: SagaDefinition | undefined,
  { header, context, entries }: RecordedSaga,
): SagaStanding {
  if (definition === undefined) {
    const waiting = waitOfHeader(header);
    return {
      header,
      context,
      step: header.stuck?.step,
      since: header.updatedAt,
      recoveries: undefined,
      waiting,
    };
  }
  const state = foldJournal(header, entries);
  const step = stepOf(definition, { ...state, stuck: header.stuck });
  return {
    header,
    context,
    step,
    since: sinceWhen(definition, header, entries),
    recoveries: state.recoveries,
    waiting: waitOf(definition, header, entries),
  };
}

interface RecordedSaga {
  readonly header: SagaHeader;
  readonly context: Json;
  readonly entries: readonly JournalEntry[];
}

function waitOf(
  definition: SagaDefinition,
  header: SagaHeader,
  entries: readonly JournalEntry[],
): SagaWait | undefined {
  if (!isOpen(header.status)) return undefined;
  const wait = entries.reduce(waitAfter, waitAtStart(header));
  return wait && toSagaWait(definition, wait, header.deadlineAt);
}

/** Without its journal: of a saga without an owner. */
function waitOfHeader({ waiting, nextRunAt, deadlineAt }: SagaHeader): SagaWait | undefined {
  if (waiting === undefined) return undefined;
  const wait = nextRunAt === undefined ? waiting : { ...waiting, until: nextRunAt };
  return toSagaWait(undefined, wait, deadlineAt);
}

function stepOf(definition: SagaDefinition, state: SagaState): string | undefined {
  const { status, stuck } = state;
  if (isTerminal(status) || status === SagaStatus.Pending) return undefined;
  if (status === SagaStatus.Stuck && stuck?.step !== undefined) return stuck.step;
  return fits(definition, state) === undefined ? standingStep(definition, state) : undefined;
}

function sinceWhen(definition: SagaDefinition, header: SagaHeader, entries: readonly JournalEntry[]): Date {
  let since = header.createdAt;
  let state = initialState(
    header.context,
    header.status === SagaStatus.Pending,
    undefined,
    undefined,
    header.path,
  );
  let step = stepOf(definition, state);
  for (const entry of entries) {
    const after = applyEntry(state, entry);
    const stepAfter = stepOf(definition, after);
    const isFirstClaim = entry.kind === 'claimed' && entry.from === 'pending';
    if (after.status !== state.status || stepAfter !== step || isFirstClaim) since = entry.recordedAt;
    state = after;
    step = stepAfter;
  }
  return since;
}
