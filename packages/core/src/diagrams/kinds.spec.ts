import { describe, expect, it } from '@jest/globals';
import { failedOrder } from '../../test/diagrams/example.js';
import { unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { parseDiagram } from '../../test/diagrams/mermaid.js';
import { sagaSignal } from '../definition/saga-signal.js';
import { waitFor } from '../definition/waits.js';
import { defineSaga, fallback } from '../index.js';
import type { EntryDraft, JournalEntry, SagaHeader } from '../index.js';
import { classDiagram } from './class-diagram.js';
import { executionDiagram } from './execution-diagram.js';
import { sequenceDiagram } from './sequence-diagram.js';
import { stateDiagram } from './state-diagram.js';

const order = defineSaga({
  name: 'order',
  steps: [
    { id: 'reserve', handler },
    { id: 'pay', kind: 'pivot', handler },
    waitFor('delivery', [sagaSignal('delivered')]),
    { id: 'mail', kind: 'retriable', handler, overdueAfter: 3 },
  ],
});
const sided = defineSaga({
  name: 'sided',
  compensation: { onExhausted: 'continue' },
  steps: [
    fallback({ id: 'card', kind: 'pivot', handler }, { id: 'invoice', kind: 'pivot', handler }),
    fallback(
      { id: 'mail', kind: 'retriable', handler, retry: { maximumAttempts: 2 } },
      { id: 'letter', kind: 'retriable', handler },
    ),
  ],
});

const linesOf = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());

describe('kinds of steps in the diagrams of a saga', () => {
  it('are states without an undo, and no way leads back past the point of no return', async () => {
    const text = stateDiagram(order);
    await parseDiagram(text);
    const lines = linesOf(text);
    expect(lines.filter((line) => /^(act|wait|undo).* --> /.test(line))).toEqual([
      'act1 --> act2: completed',
      'act1 --> failed: failed for good or cancelled, nothing in doubt',
      'act1 --> undo1: its effect in doubt, or done but cancelled or its result cannot be stored',
      'act2 --> act2: called again while in doubt',
      'act2 --> wait3: completed, point of no return',
      'act2 --> undo1: refused or cancelled, nothing in doubt',
      'act2 --> stuck: in doubt after 10 attempts',
      'wait3 --> act4: delivered',
      'act4 --> act4: tried again, until it succeeds, waits 1 s, times 2, at most 1 min',
      'act4 --> completed: completed',
      'act4 --> stuck: failed for good',
      'undo1 --> undo1: tried again, up to 3 attempts, waits 1 s, times 2, at most 1 min',
      'undo1 --> failed: undone',
      'undo1 --> stuck: failed for good',
    ]);
    expect(text).not.toMatch(/undo[24]/);
    expect(lines.some((line) => line.includes('pay') && line.includes('pivot'))).toBe(true);
  });

  it('are calls of the sequence, with the point of no return and what ends them', async () => {
    const text = sequenceDiagram(order);
    await parseDiagram(text);
    for (const part of [
      'act, the pivot',
      'called again while its effect is in doubt',
      'break pay refused',
      'break pay in doubt after 10 attempts',
      'point of no return, nothing is undone any more',
      'act, until it succeeds',
      'overdue after 3 attempts',
      'break mail failed for good',
      'STUCK, never undone',
      'before the point of no return',
    ])
      expect(text.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))).toContain(
        part,
      );
    expect(text).not.toContain('undoing pay');
    expect(text).toContain('undoing reserve');
  });

  it('are classes that say so, without compensate', async () => {
    const text = classDiagram(order);
    await parseDiagram(text);
    for (const part of [
      '<<pivot>>',
      'point of no return',
      '<<retriable>>',
      'never undone',
      'overdue after 3 attempts',
    ])
      expect(text).toContain(part);
    expect(text.match(/compensate/g)).toHaveLength(1);
  });

  it.each([
    ['sequence', sequenceDiagram],
    ['class', classDiagram],
    ['state', stateDiagram],
  ])('are drawn on both sides of a fallback, as a %s diagram', async (_kind, draw) => {
    const text = draw(sided);
    await parseDiagram(text);
    expect(text).toMatch(/nothing in doubt|pivot/);
    expect(text).not.toMatch(/undo\d|undoing/);
  });
});

describe('an execution with kinds', () => {
  const at = failedOrder.header.createdAt;
  const attempt = { attempt: 1, startedAt: at, finishedAt: at };
  const error = { name: 'Error', message: 'down' };
  const draw = async (status: SagaHeader['status'], drafts: readonly EntryDraft[]) => {
    const entries = drafts.map((draft, index): JournalEntry => ({
      ...draft,
      seq: index + 1,
      worker: 'w',
      recordedAt: at,
    }));
    const text = executionDiagram({ ...failedOrder.header, status, failure: undefined }, entries, order);
    await parseDiagram(text);
    return text;
  };
  const reserved = { kind: 'act-completed', step: 'reserve', ...attempt } as const;
  const paid = { kind: 'act-completed', step: 'pay', ...attempt, pivot: true } as const;

  it('shows the kinds of the steps to come, and the point of no return that it passed', async () => {
    const before = await draw('running', [reserved]);
    expect(before).toContain('pay<br/>pivot<br/>next');
    expect(before).toContain('mail<br/>retriable');
    const after = await draw('running', [reserved, paid, { kind: 'deadline-passed' }]);
    expect(after).toContain('point of no return');
    expect(after).toContain('deadline passed<br/>overdue, not undone');
  });

  it('shows why it is STUCK on its way forward', async () => {
    const failed = { kind: 'act-failed', ...attempt, error, undo: false, next: 'halt' } as const;
    const doubtful = { ...failed, step: 'pay', outcome: 'unknown', stuck: 'pivot-in-doubt' } as const;
    expect(await draw('stuck', [reserved, doubtful])).toContain('STUCK<br/>pivot-in-doubt');
    const ended = { kind: 'wait-ended', step: 'delivery', outcome: 'failed', error, next: 'halt' } as const;
    expect(await draw('stuck', [reserved, paid, ended])).toContain('STUCK<br/>forward-exhausted');
  });
});
