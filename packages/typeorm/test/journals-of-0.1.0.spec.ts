import { readFileSync } from 'node:fs';
import { defineSaga, fallback } from '@nest-saga/core';
import {
  applyEntry,
  branchOf,
  foldJournal,
  initialState,
  nextActions,
  withStatus,
} from '@nest-saga/core/engine';
import type {
  CompensateOn,
  DeclaredStep,
  JournalEntry,
  OnExhausted,
  SagaDefinition,
  SagaHeader,
} from '@nest-saga/core';
import { required } from '../src/postgres/statement.js';
import type { Row } from '../src/postgres/statement.js';
import { toJournalEntry } from '../src/postgres/mapping/journal-entry-row.js';

/**
 * A saga as release 0.1.0 left it in the tables, with what its own code read from that: both were printed by it, for
 * random sagas that were cancelled, claimed, released, stuck and helped.
 */
interface OldSaga {
  /** For example `fallback attempted 2 halt`: what is undone, attempts of the act, `onExhausted`. */
  readonly stages: readonly string[];
  /** The kind, the step, the attempt and the detail of each row. */
  readonly journal: readonly string[];
  readonly header: Pick<SagaHeader, 'status' | 'failure' | 'stuck'>;
  readonly state: {
    readonly begun: 'failed' | 'timed-out' | null;
    readonly undo: readonly string[];
    readonly givenUp: readonly string[];
    readonly isAlternative: boolean;
    readonly [field: string]: unknown;
  };
  /** The next action: the kind, the step or entry, and the attempt. */
  readonly next: string;
}

const file = new URL('journals-of-0.1.0.json', import.meta.url);
const sagas = JSON.parse(readFileSync(file, 'utf8')) as readonly OldSaga[];

function definitionOf({ stages }: OldSaga): SagaDefinition {
  const steps = stages.map((stage, index) => {
    const [kind, compensateOn, attempts, onExhausted] = stage.split(' ');
    const declare = (id: string): DeclaredStep => ({
      id,
      handler: () => ({ act: () => undefined, compensate: () => undefined }),
      retry: { maximumAttempts: Number(attempts) },
      compensation: { maximumAttempts: 2, onExhausted: onExhausted as OnExhausted },
      compensateOn: compensateOn as CompensateOn,
    });
    return kind === 'fallback' ? fallback(declare(`p${index}`), declare(`q${index}`)) : declare(`s${index}`);
  });
  return defineSaga({ name: 'random', steps });
}

function toRow(line: string, index: number): Row {
  const [kind = '', step, attempt, ...detail] = line.split(' ');
  return {
    seq: String(index + 1),
    worker: 'w',
    kind,
    step: step === '-' ? null : (step ?? null),
    attempt: attempt === '-' ? null : (attempt ?? null),
    entry_context: '{}',
    response: null,
    error: '{"name":"Error","message":"fail"}',
    events: null,
    detail: detail.length === 0 ? null : detail.join(' '),
    started_at: '0',
    finished_at: '0',
    recorded_at: String((index + 1) * 3_600_000),
  };
}

/** As the rows of that release have it: an entry that changes the status says so. */
function withStatuses(definition: SagaDefinition, entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const isQueued = entries.some((entry) => entry.kind === 'claimed' && entry.from === 'pending');
  let state = initialState('{}', isQueued);
  return entries.map((entry) => {
    const recorded = withStatus(definition, state, entry);
    state = applyEntry(state, recorded);
    return recorded;
  });
}

const nothing = { kind: 'settle' } as const;

/** The outcome `timed-out` has the name `unknown` now. */
const renamed = (items: readonly string[]): readonly string[] =>
  items.map((item) => item.replace(/ timed-out$/, ' unknown'));

describe('the journals of release 0.1.0', () => {
  it.each(sagas.map((saga) => [saga.journal.map((line) => line.split(' ')[0]).join(', '), saga] as const))(
    'fold to what they meant to it: %s',
    (_kinds, saga) => {
      const definition = definitionOf(saga);
      const { status, stuck } = saga.header;
      const entries = withStatuses(
        definition,
        saga.journal.map((line, index) => toJournalEntry(toRow(line, index))),
      );
      const state = foldJournal({ context: '{}', status, stuck }, entries);

      const items = (list: typeof state.undo) => list.map(({ step, outcome }) => `${step} ${outcome}`);
      const { begun, isAlternative, undo, givenUp, ...others } = saga.state;
      const branch = branchOf(state);
      expect({ ...branch, ...state }).toMatchObject({ status, ...others });
      // On the way back the branch is one of a compensation.
      const isForward = state.direction === 'forward';
      const acts = [branch.priorOutcome, branch.isAlternative];
      const known = begun === 'timed-out' ? 'unknown' : (begun ?? undefined);
      expect(acts).toEqual(isForward ? [known, isAlternative] : [undefined, false]);
      expect([items(state.undo), items(state.givenUp)]).toEqual([renamed(undo), renamed(givenUp)]);
      const [action = nothing] = nextActions(definition, state);
      const step = 'step' in action ? action.step.id : action.kind === 'record' && action.entry.kind;
      const kind = action.kind === 'record' ? 'settle' : action.kind;
      const next = [kind, step || '-', 'attempt' in action ? action.attempt : '-'].join(' ');
      expect(next).toBe(saga.next);
    },
  );

  it('have every kind of entry that it knew, and acts that timed out', () => {
    const lines = sagas.flatMap(({ journal }) => journal);
    expect(new Set(lines.map((line) => required(toRow(line, 0), 'kind'))).size).toBe(12);
    expect(lines.filter((line) => line.includes('"timed-out"')).length).toBeGreaterThan(10);
  });
});
