import { describe, expect, it } from '@jest/globals';
import { unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { readExecution } from '../../test/diagrams/drawn-execution.js';
import { failedOrder } from '../../test/diagrams/example.js';
import { parseDiagram } from '../../test/diagrams/mermaid.js';
import { delay } from '../definition/waits.js';
import { defineSaga } from '../index.js';
import type { EntryDraft, JournalEntry, SagaHeader } from '../index.js';
import { days } from '../options/durations.js';
import { classDiagram } from './class-diagram.js';
import { executionDiagram } from './execution-diagram.js';
import { sequenceDiagram } from './sequence-diagram.js';
import { stateDiagram } from './state-diagram.js';

const order = defineSaga({
  name: 'order',
  deadlineMs: days(30),
  steps: [{ id: 'reserve', handler }, delay('cool', 5)],
});

const at = new Date('2026-01-05T09:00:00.000Z');
const attempt = { step: 'reserve', attempt: 1, startedAt: at, finishedAt: at } as const;

function journal(...drafts: readonly EntryDraft[]): readonly JournalEntry[] {
  return drafts.map((draft, index) => ({ ...draft, seq: index + 1, worker: 'w', recordedAt: at }));
}

describe('a deadline in the diagrams of a saga', () => {
  it('is a way to the undo beside that of a cancel, and out of the queue', async () => {
    const text = stateDiagram(order);
    await parseDiagram(text);
    expect(text).toContain('wait2 --> undo1: cancelled or not done after 30 d');
    expect(text).toContain('pending --> failed: cancelled or not done after 30 d');
    expect(text).toContain('act1 --> failed: failed for good or cancelled or not done after 30 d');
  });

  it('is a reason for the undo in the sequence', async () => {
    const text = sequenceDiagram(order);
    await parseDiagram(text);
    expect(text).toContain('else a step failed for good, or the saga was cancelled or not done after 30 d');
  });

  it('is a line of the class of the saga', async () => {
    const text = classDiagram(order);
    await parseDiagram(text);
    expect(text).toContain('undone after 30 d');
  });

  it('is a box of an execution, before its undo, and the reason of its end', async () => {
    const failure = {
      reason: 'deadline',
      errorName: 'DeadlinePassed',
      message: 'the saga passed its deadline',
    } as const;
    const header: SagaHeader = { ...failedOrder.header, status: 'failed', failure };
    const entries = journal(
      { kind: 'act-completed', ...attempt, context: '{}' },
      { kind: 'deadline-passed' },
      { kind: 'compensation-decided', undo: [], status: 'compensating' },
      { kind: 'compensation-completed', ...attempt, context: '{}', status: 'failed' },
    );
    const { boxes, arrows } = await readExecution(executionDiagram(header, entries, order));
    expect(boxes.slice(1, -1)).toEqual([
      expect.stringMatching(/^completed: reserve/),
      'cancelled: deadline passed',
      expect.stringMatching(/^undone: undo reserve/),
    ]);
    expect(boxes.at(-1)).toMatch(/^cancelled: FAILED, deadline passed/);
    expect(arrows).toEqual(['undo']);
  });
});
