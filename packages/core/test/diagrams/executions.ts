import type { AttemptOutcome, SagaState } from '../../src/engine.js';
import type { JournalEntry, EntryDraft, SagaDefinition, SagaHeader } from '../../src/index.js';
import {
  afterWait,
  applyEntry,
  branchOf,
  decideEntry,
  initialState,
  nextActions,
  projectHeader,
  stepsOf,
  withStatus,
} from '../../src/engine.js';
import { isOpen, isTerminal, StepTimedOutError } from '../../src/index.js';

import { nextEntry } from '../../src/execution/next-entry.js';
import { waitsInMemory } from '../engine/waits-in-memory.js';

/** An execution up to some point. */
export interface Execution {
  readonly header: SagaHeader;
  readonly entries: readonly JournalEntry[];
  readonly state: SagaState;
}

/**
 * Runs a saga by the engine's own decisions, without a handler: each choice, from 0 to 9, sets what happens next. It
 * stops when the saga has ended or there are no more choices.
 */
export function simulate(
  definition: SagaDefinition,
  isQueued: boolean,
  choices: readonly number[],
): Execution {
  const simulation = new Simulation(definition, isQueued);
  for (const choice of choices) {
    if (isTerminal(simulation.state.status)) break;
    simulation.step(choice);
  }
  return simulation;
}

class Simulation implements Execution {
  readonly entries: JournalEntry[] = [];
  state: SagaState;
  header: SagaHeader;

  constructor(
    private readonly definition: SagaDefinition,
    isQueued: boolean,
  ) {
    this.state = initialState('{}', isQueued);
    this.header = {
      sagaId: '01890a5d-ac96-774b-bcce-b302099a8057',
      saga: definition.name,
      version: definition.version,
      key: undefined,
      status: this.state.status,
      owner: isQueued ? undefined : 'worker-1',
      nextRunAt: undefined,
      deadlineAt: undefined,
      parentId: undefined,
      reverses: undefined,
      path: undefined,
      waiting: undefined,
      context: '{}',
      failure: undefined,
      stuck: undefined,
      metadata: {},
      createdAt: at(0),
      updatedAt: at(0),
    };
  }

  step(choice: number): void {
    if (this.state.status === 'pending') return this.append({ kind: 'claimed', from: 'pending' });
    if (this.state.status === 'stuck') return this.append(this.requestOfPerson(choice));
    if (choice === 9) return this.append({ kind: 'claimed', from: this.openStatus() });
    if (choice === 8 && this.state.direction === 'forward' && this.state.cancel === undefined)
      return this.append({
        kind: 'cancel-requested',
        reason: 'the customer changed their mind',
        actor: 'support',
      });
    const [action] = nextActions(this.definition, this.state);
    if (action === undefined) return;
    if (action.kind === 'wait') {
      this.state = afterWait(this.state);
      return;
    }
    if (action.kind !== 'act' && action.kind !== 'compensate') {
      const entry = nextEntry(this.definition, this.header.sagaId, this.state, waitsInMemory);
      if (entry !== undefined) this.append(entry);
      return;
    }
    this.append(
      decideEntry(this.definition, this.state, {
        action,
        outcome: outcomes[choice] ?? completed,
        startedAt: at(this.state.seq),
        finishedAt: at(this.state.seq + 1),
        random: 0.5,
      }),
    );
  }

  private append(draft: EntryDraft): void {
    const entry = withStatus(this.definition, this.state, draft);
    const after = applyEntry(this.state, entry);
    const { seq } = after;
    this.header = { ...this.header, updatedAt: at(seq), ...projectHeader(this.state, after, 'worker-1') };
    this.entries.push({ ...entry, seq, worker: 'worker-1', recordedAt: at(seq) });
    this.state = after;
  }

  private openStatus(): 'running' | 'compensating' {
    return isOpen(this.state.status) && this.state.direction === 'forward' ? 'running' : 'compensating';
  }

  private requestOfPerson(choice: number): EntryDraft {
    const step = this.resolvable();
    if (choice < 5 || step === undefined)
      return { kind: 'retry-requested', actor: 'operator', note: 'mended' };
    const isAtAct = this.state.direction === 'forward' && !this.state.isUndoingFirst;
    const outcome = isAtAct && choice > 7 ? 'not-done' : 'done';
    return { kind: 'step-resolved', step, actor: 'operator', note: 'paid back by hand', outcome };
  }

  private resolvable(): string | undefined {
    if (this.state.direction === 'backward')
      return this.state.givenUp.at(0)?.step ?? this.state.undo.at(-1)?.step;
    const stage = this.definition.stages[this.state.stage];
    return stage === undefined ? undefined : stepsOf(stage)[branchOf(this.state).isAlternative ? 1 : 0]?.id;
  }
}

const completed: AttemptOutcome = {
  kind: 'completed',
  context: '{}',
  response: undefined,
  events: undefined,
};
const failed: AttemptOutcome = {
  kind: 'failed',
  error: Object.assign(new Error('the gateway did not answer'), { name: 'GatewayError' }),
  outcome: 'failed',
  response: undefined,
  isBreakerOpen: false,
};

/** The outcome of an attempt for each choice; it completes for all other choices. */
const outcomes: readonly (AttemptOutcome | undefined)[] = [
  undefined,
  failed,
  {
    ...failed,
    error: new StepTimedOutError('01890a5d-ac96-774b-bcce-b302099a8057', 'step', 250),
    outcome: 'unknown',
  },
  { ...failed, isBreakerOpen: true },
  undefined,
  undefined,
  failed,
  { ...completed, events: '[{}]' },
  { ...failed, error: new TypeError('cannot be stored'), outcome: 'completed' },
];

function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 0, 5, 9, 0, seconds));
}

/** The same execution with every text from outside replaced. */
export function relabelledExecution(
  { header, entries }: Pick<Execution, 'header' | 'entries'>,
  relabel: (text: string) => string,
): Pick<Execution, 'header' | 'entries'> {
  return {
    header: { ...relabelledObject(header, relabel), status: header.status },
    entries: entries.map((entry) => relabelledObject(entry, relabel)),
  };
}

const outsideTexts = new Set(['saga', 'sagaId', 'step', 'name', 'errorName', 'message', 'actor', 'note']);

function relabelledObject<Part extends object>(part: Part, relabel: (text: string) => string): Part {
  if (Array.isArray(part))
    return part.map((one: unknown) =>
      typeof one === 'object' && one !== null ? relabelledObject(one, relabel) : one,
    ) as unknown as Part;
  const relabelled = Object.entries(part).map(([key, value]: [string, unknown]) => {
    const isReason = key === 'reason' && 'kind' in part && part.kind === 'cancel-requested';
    if (typeof value === 'string' && (outsideTexts.has(key) || isReason)) return [key, relabel(value)];
    const isNested = typeof value === 'object' && value !== null && !(value instanceof Date);
    return [key, isNested ? relabelledObject(value, relabel) : value];
  });
  return Object.fromEntries(relabelled) as Part;
}
