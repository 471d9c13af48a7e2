import { describe, expect, it } from '@jest/globals';
import { unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { parseDiagram } from '../../test/diagrams/mermaid.js';
import { choose, when } from '../definition/choice.js';
import type { DeclaredStage } from '../definition/saga-definition.js';
import { delay } from '../definition/waits.js';
import { defineSaga, fallback } from '../index.js';
import type { JournalEntry, SagaHeader } from '../index.js';
import { classDiagram } from './class-diagram.js';
import { executionDiagram } from './execution-diagram.js';
import { sequenceDiagram } from './sequence-diagram.js';
import { stateDiagram } from './state-diagram.js';

const step = (id: string) => ({ id, handler });
const order = defineSaga({
  name: 'order',
  steps: [
    step('pack'),
    when<DeclaredStage, never>('gift', () => true, [step('wrap'), delay('dry', 5)]),
    choose<DeclaredStage, never>('pay', () => 'card', {
      card: fallback(step('charge'), step('invoice')),
      account: [when('large', () => true, [step('ask')]), step('book')],
    }),
    step('ship'),
  ],
});

const linesOf = (text: string, pattern: RegExp): readonly string[] =>
  text
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) => line.trim());

describe('a choice in the diagrams of a saga', () => {
  it('is a way past its stages, there and back', async () => {
    const text = stateDiagram(order);
    await parseDiagram(text);
    expect(linesOf(text, /skipped/)).toEqual([
      'act2 --> wait3: skipped unless gift',
      'wait3 --> act4a: skipped unless gift',
      'act4a --> act5: skipped unless pay is card',
      'act5 --> act6: skipped unless pay is account and large',
      'act6 --> act7: skipped unless pay is account',
      'undo6 --> undo5: skipped unless pay is account',
      'undo5 --> choice4: skipped unless pay is account and large',
      'choice4 --> undo2: skipped unless pay is card',
      'undo2 --> undo1: skipped unless gift',
    ]);
  });

  it('is an optional part of the sequence', async () => {
    const text = sequenceDiagram(order);
    await parseDiagram(text);
    expect(linesOf(text, /opt if/)).toEqual([
      'opt if gift',
      'opt if gift',
      'opt if pay is card',
      'opt if pay is account',
      'opt if large',
      'opt if pay is account',
    ]);
  });

  it('is beside the number of each stage in the class diagram', async () => {
    const text = classDiagram(order);
    await parseDiagram(text);
    expect(linesOf(text, /saga \*--/)).toEqual([
      'saga *-- step1 : 1',
      'saga *-- step2 : 2 if gift',
      'saga *-- wait3 : 3 if gift',
      'saga *-- fallback4 : 4 if pay is card',
      'saga *-- step5 : 5 if pay is account if large',
      'saga *-- step6 : 6 if pay is account',
      'saga *-- step7 : 7',
    ]);
  });
});

describe('a choice in the diagram of an execution', () => {
  const at = new Date(0);
  const header: SagaHeader = {
    sagaId: '01890000-0000-7000-8000-000000000001',
    saga: 'order',
    version: 1,
    key: undefined,
    status: 'running',
    owner: 'worker',
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
    createdAt: at,
    updatedAt: at,
  };
  const completed = (seq: number, id: string, path?: object): JournalEntry => ({
    kind: 'act-completed',
    step: id,
    attempt: 1,
    startedAt: at,
    finishedAt: at,
    seq,
    worker: 'worker',
    recordedAt: at,
    ...(path === undefined ? {} : { path }),
  });

  it('shows the stages that were skipped, and those that may be skipped with their conditions', async () => {
    const entries = [
      completed(1, 'pack', {
        skipped: ['wrap', 'dry', 'charge'],
        decisions: { gift: false, pay: 'account' },
      }),
    ];
    const text = executionDiagram(header, entries, order);
    await parseDiagram(text);
    expect(linesOf(text, /^ *scene\d+[([{]/)).toEqual([
      expect.stringContaining('order, version 1'),
      expect.stringContaining('pack'),
      'scene3["wrap<br/>skipped"]:::skipped',
      'scene4["dry<br/>skipped"]:::skipped',
      'scene5["charge<br/>skipped"]:::skipped',
      'scene6["ask<br/>if large<br/>running"]:::running',
      'scene7["book"]:::waiting',
      'scene8["ship"]:::waiting',
      'scene9(["COMPLETED"]):::waiting',
    ]);
  });

  it('shows the stages that were skipped at the start', async () => {
    const first = defineSaga({
      name: 'order',
      steps: [when('gift', () => true, [step('wrap')]), step('ship')],
    });
    const text = executionDiagram(
      { ...header, path: { skipped: ['wrap'], decisions: { gift: false } } },
      [],
      first,
    );
    await parseDiagram(text);
    expect(text).toContain('scene2["wrap<br/>skipped"]:::skipped');
    expect(text).toContain('scene3["ship<br/>running"]:::running');
  });
});
