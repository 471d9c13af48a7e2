import {
  afterWait,
  applyEntry,
  decideEntry,
  fits,
  foldJournal,
  nextActions,
  projectHeader,
  withStatus,
} from '../../src/engine.js';
import type { AttemptOutcome, SagaState } from '../../src/engine.js';
import type { EntryDraft, JournalEntry, SagaDefinition, SagaHeader } from '../../src/index.js';
import { nextEntry } from '../../src/execution/next-entry.js';
import { waitsInMemory } from './waits-in-memory.js';
import { isStep } from '../../src/definition/saga-step.js';
import { openSteps } from '../../src/journal/stage-steps.js';

/** The result of each attempt of each step: a list for each step and action, whose last item repeats. */
export type Script = Readonly<
  Record<string, readonly ('ok' | 'fail' | 'timeout' | 'unstorable' | 'refused')[]>
>;

/** Every step completes. */
export const everythingWorks: Script = {};

type RecordedHeader = Pick<SagaHeader, 'context' | 'status' | 'failure' | 'stuck'>;

/** The moment of all entries. */
export const at = new Date(0);

/** The header of a saga before its first entry. */
export const started: RecordedHeader = {
  context: '{}',
  status: 'running',
  failure: undefined,
  stuck: undefined,
};

/** One saga in a storage, run by the pure part of the engine: no handler, no clock, no I/O. */
export class PureExecution {
  readonly entries: JournalEntry[] = [];
  private readonly headers: RecordedHeader[] = [started];

  /** The header as it is recorded with the last entry. */
  get header(): RecordedHeader {
    return this.headers.at(-1) ?? started;
  }

  /** The execution as it was with this number of entries. */
  cut(length: number): PureExecution {
    const cut = new PureExecution();
    cut.entries.push(...this.entries.slice(0, length));
    cut.headers.push(...this.headers.slice(1, length + 1));
    return cut;
  }

  /** The state that every process reads, independent of its definition. */
  get state(): SagaState {
    return foldJournal(this.header, this.entries);
  }

  /** Another worker with this definition claims the saga. */
  claim(definition: SagaDefinition): this {
    const { status } = this.header;
    if (status === 'running' || status === 'compensating')
      this.append(definition, this.state, { kind: 'claimed', from: status });
    return this;
  }

  /** An operator sends one of the requests that a stuck saga accepts in a process with this definition. */
  ask(definition: SagaDefinition, choice: number): this {
    const { state } = this;
    const asked: EntryDraft[] = [{ kind: 'retry-requested', actor: 'ada' }];
    if (fits(definition, state) === undefined) {
      const isForward = state.direction === 'forward';
      const resolved = { kind: 'step-resolved', actor: 'ada', note: 'by hand' } as const;
      for (const step of openSteps(definition, state)) {
        asked.push({ ...resolved, step, outcome: 'done' });
        if (isForward && !state.isUndoingFirst) asked.push({ ...resolved, step, outcome: 'not-done' });
      }
      if (isForward) asked.push({ kind: 'cancel-requested', reason: 'given up' });
    }
    const draft = asked[choice % asked.length];
    if (draft !== undefined) this.append(definition, state, draft);
    return this;
  }

  /**
   * Runs the saga as an executor does, until it ends or is stuck.
   *
   * @param requests The entries before which a caller asks to cancel, or another worker claims; each kind once.
   */
  run(definition: SagaDefinition, script: Script, requests: Readonly<Record<number, EntryDraft>> = {}): this {
    let { state } = this;
    const isNew = (request: EntryDraft | undefined): request is EntryDraft =>
      request !== undefined &&
      !this.entries.some(({ kind }) => kind === request.kind) &&
      (state.status === 'running' || state.status === 'compensating');
    for (let turns = 0; turns < 500; turns++) {
      for (let request = requests[state.seq + 1]; isNew(request); request = requests[state.seq + 1])
        state = this.append(definition, state, request);
      const [action] = nextActions(definition, state);
      if (action === undefined) return this;
      if (action.kind === 'wait') {
        state = afterWait(state);
      } else if (action.kind !== 'act' && action.kind !== 'compensate') {
        const entry = nextEntry(definition, 'saga-1', state, waitsInMemory);
        if (entry === undefined) return this;
        state = this.append(definition, state, entry);
      } else {
        const id = action.kind === 'act' ? action.step.id : action.item.step;
        if (!isStep(action.step, id)) throw new Error(`"${id}" was undone by "${action.step.id}"`);
        const outcome = outcomeOf(script[`${id}:${action.kind}`] ?? [], action.attempt);
        const attempt = { action, outcome, startedAt: at, finishedAt: at, random: 0 };
        state = this.append(definition, state, decideEntry(definition, state, attempt));
      }
    }
    throw new Error('the saga did not end');
  }

  /** Continues a stuck saga as operators and processes do: each choice is one request. */
  resumeAll(definition: SagaDefinition, asked: readonly number[], script: Script = everythingWorks): this {
    for (const choice of asked) {
      if (this.header.status !== 'stuck') break;
      this.ask(definition, choice).claim(definition).run(definition, script);
    }
    return this;
  }

  private append(definition: SagaDefinition, state: SagaState, draft: EntryDraft): SagaState {
    const entry: JournalEntry = {
      seq: state.seq + 1,
      worker: 'w',
      recordedAt: at,
      ...withStatus(definition, state, draft),
    };
    const after = applyEntry(state, entry);
    this.entries.push(entry);
    const { status, failure, stuck } = projectHeader(state, after, 'w') ?? this.header;
    this.headers.push({ context: started.context, status, failure, stuck });
    return after;
  }
}

/** The steps whose effect is there or may be there, in the order in which the effects began. */
export function effectsOf(entries: readonly JournalEntry[]): readonly string[] {
  return entries.flatMap((entry) => {
    if (entry.kind === 'compensation-decided') return entry.undo.map(({ step }) => step);
    return entry.kind === 'act-completed' || (entry.kind === 'act-failed' && entry.undo) ? [entry.step] : [];
  });
}

/** The steps whose compensation completed, in order. */
export function undosOf(entries: readonly JournalEntry[]): readonly string[] {
  return entries.flatMap((entry) => (entry.kind === 'compensation-completed' ? [entry.step] : []));
}

/** The primaries that were undone, by their compensation or by hand, so that their alternatives could begin. */
export function undoneFirstIn(entries: readonly JournalEntry[]): readonly string[] {
  const undone: string[] = [];
  let open: string | undefined;
  let isCancelled = false;
  for (const entry of entries) {
    if (entry.kind === 'act-failed') open = entry.next === 'undo-first' ? entry.step : undefined;
    if (entry.kind === 'cancel-requested') isCancelled = true;
    if (entry.kind === 'compensation-decided') open = undefined;
    if (isCancelled && (entry.kind === 'compensation-completed' || entry.kind === 'compensation-failed'))
      open = undefined;
    if ((entry.kind === 'compensation-completed' || entry.kind === 'step-resolved') && entry.step === open)
      undone.push(entry.step);
    if (entry.kind === 'compensation-completed' || entry.kind === 'step-resolved') open = undefined;
  }
  return undone;
}

/** The steps that an operator has done or undone by hand. */
export function resolvedIn(entries: readonly JournalEntry[]): readonly string[] {
  return entries.flatMap((entry) =>
    entry.kind === 'step-resolved' && entry.outcome === 'done' ? [entry.step] : [],
  );
}

/** The items that are in a list more than once. */
export function repeated(list: readonly string[]): readonly string[] {
  return list.filter((one, index) => list.indexOf(one) !== index);
}

function outcomeOf(outcomes: Script[string], attempt: number): AttemptOutcome {
  const scripted = outcomes[attempt - 1] ?? outcomes.at(-1) ?? 'ok';
  if (scripted === 'ok') return { kind: 'completed', context: '{}', response: undefined, events: undefined };
  const outcome = (
    { fail: 'failed', timeout: 'unknown', unstorable: 'completed', refused: 'failed' } as const
  )[scripted];
  const isBreakerOpen = scripted === 'refused';
  return { kind: 'failed', error: new Error(scripted), outcome, response: undefined, isBreakerOpen };
}
