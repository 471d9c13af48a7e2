import type { SagaDefinition } from '../definition/saga-definition.js';
import type { JournalEntry, WaitStart } from './journal-entry.js';
import { isRetryWait } from './park.js';
import type { SagaWaiting } from './park.js';
import type { SagaHeading } from './saga-header.js';
import { SagaStatus } from './saga-status.js';

/** What a saga waits for, and until when. */
export interface SagaWait {
  /** The id of the wait; for `retry` that of the step, and `start` for a saga that begins later. */
  readonly stage: string;
  readonly for: SagaWaiting['for'];
  /** The names of the signals that end it. Empty unless `for` is `signal`, and if the saga is not registered in this process. */
  readonly names: readonly string[];
  /** The end of the wait if nothing ends it earlier: its own, or the deadline of the saga. Undefined if there is neither. */
  readonly until?: Date;
  /** The question of an approval. */
  readonly title?: string;
}

/** As much of a wait as the journal says: it asks no definition. */
export type JournaledWait = SagaWaiting & Pick<SagaWait, 'until' | 'title'>;

/** The wait of a saga with an empty journal: a start with a delay, until the first claim. */
export function waitAtStart({ status, waiting, nextRunAt }: SagaHeading): JournaledWait | undefined {
  if (status !== SagaStatus.Pending || waiting === undefined) return undefined;
  return nextRunAt === undefined ? waiting : { ...waiting, until: nextRunAt };
}

/**
 * The wait after one more entry: the same object as long as it is the same wait. A wait for the next attempt of a step only
 * counts if the saga is parked: a shorter one is over before a person could read about it, and the result of the attempt says it.
 */
export function waitAfter(wait: JournaledWait | undefined, entry: JournalEntry): JournaledWait | undefined {
  switch (entry.kind) {
    case 'act-completed':
    case 'wait-ended':
      return begunBy(entry, entry.recordedAt);
    case 'parked':
      // An owner found that it is not over.
      return wait !== undefined && wait.name === nameOf(entry) ? wait : begunBy(entry, entry.recordedAt);
    case 'act-failed':
    case 'compensation-failed':
      return entry.park && begunBy({ park: entry.park }, entry.recordedAt);
    case 'claimed':
      // A stage waits until its end is recorded.
      return (wait !== undefined && isRetryWait(wait)) || entry.from === SagaStatus.Pending
        ? undefined
        : wait;
    case 'compensation-completed':
    case 'compensation-decided':
    case 'step-resolved':
    case 'settled':
      return undefined;
    default:
      return wait;
  }
}

/**
 * The wait with what the definition and the header say about it. A retry may be one of an undo, which has no deadline.
 *
 * @param deadlineAt The deadline of the saga.
 */
export function toSagaWait(
  definition: SagaDefinition | undefined,
  wait: JournaledWait,
  deadlineAt: Date | undefined,
): SagaWait {
  const { for: what, name, title } = wait;
  const until = isRetryWait(wait) ? wait.until : earlier(wait.until, deadlineAt);
  return {
    stage: name,
    for: what,
    names: what === 'signal' ? namesOf(definition, name) : [],
    ...(until === undefined ? {} : { until }),
    ...(title === undefined ? {} : { title }),
  };
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

function begunBy(entry: WaitStart, recordedAt: Date): JournaledWait | undefined {
  const begun = entry.park ?? entry.wait;
  if (begun === undefined) return undefined;
  const { for: what, name, dueInMs, nextRunAt } = begun;
  const until = nextRunAt ?? (dueInMs === undefined ? undefined : new Date(recordedAt.getTime() + dueInMs));
  return {
    for: what,
    name,
    ...(until === undefined ? {} : { until }),
    ...(entry.title === undefined ? {} : { title: entry.title }),
  };
}

function nameOf({ park, wait }: WaitStart): string | undefined {
  return (park ?? wait)?.name;
}

function namesOf(definition: SagaDefinition | undefined, id: string): readonly string[] {
  const stage = definition?.stages.find(
    (one) => one.kind === 'wait' && (one.wait.id === id || one.wait.aliases.includes(id)),
  );
  return stage?.kind === 'wait' && stage.wait.for === 'signal'
    ? stage.wait.signals.map(({ name }) => name)
    : [];
}
