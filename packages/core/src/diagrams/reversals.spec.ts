import { describe, expect, it } from '@jest/globals';
import { unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { parseDiagram } from '../../test/diagrams/mermaid.js';
import { defineSaga } from '../index.js';
import type { JournalEntry, SagaHeader } from '../index.js';
import { executionDiagram } from './execution-diagram.js';

const at = new Date(0);
const order = defineSaga({ name: 'order', steps: ['pack', 'ship'].map((id) => ({ id, handler })) });
const undo = ['pack', 'ship'].map(
  (step, stage) => ({ step, stage, isAlternative: false, outcome: 'completed' }) as const,
);
const header: SagaHeader = {
  sagaId: '01890000-0000-7000-8000-000000000002',
  saga: 'order',
  version: 1,
  key: 'reverse:01890000-0000-7000-8000-000000000001',
  status: 'compensating',
  owner: 'worker',
  nextRunAt: undefined,
  deadlineAt: undefined,
  parentId: undefined,
  reverses: '01890000-0000-7000-8000-000000000001',
  path: { reversal: { undo, message: 'reversed by ada' } },
  waiting: undefined,
  context: '{}',
  failure: { reason: 'reversed', errorName: 'Reversed', message: 'reversed by ada' },
  stuck: undefined,
  metadata: {},
  createdAt: at,
  updatedAt: at,
};
const undone = (seq: number, step: string): JournalEntry => ({
  kind: 'compensation-completed',
  ...{ step, attempt: 1, startedAt: at, finishedAt: at, seq, worker: 'worker', recordedAt: at },
});

describe('the diagram of a reversal', () => {
  it('begins with the saga that it undoes, and shows the steps that are still to be undone', async () => {
    const text = executionDiagram(header, [undone(1, 'ship')], order);
    await parseDiagram(text);
    expect(text).toContain('reverses 01890000-0000-7000-8000-000000000001');
    expect(text.split('\n').filter((line) => /undo (ship|pack)/.test(line))).toEqual([
      expect.stringMatching(/undo ship.*:::undone/),
      expect.stringMatching(/undo pack.*:::running/),
    ]);
  });

  it('ends as reversed', async () => {
    const ended: SagaHeader = { ...header, status: 'failed', owner: undefined };
    const text = executionDiagram(ended, [undone(1, 'ship'), undone(2, 'pack')], order);
    await parseDiagram(text);
    expect(text).toContain('FAILED, reversed');
  });
});
