import { describe, expect, it } from '@jest/globals';
import { unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { parseDiagram } from '../../test/diagrams/mermaid.js';
import { parallel } from '../definition/parallel.js';
import type { ParallelOptions } from '../definition/parallel.js';
import { defineSaga, fallback } from '../index.js';
import { classDiagram } from './class-diagram.js';
import { sequenceDiagram } from './sequence-diagram.js';
import { stateDiagram } from './state-diagram.js';

function order(options: ParallelOptions = {}) {
  const step = (id: string) => ({ id, handler });
  const pay = fallback(step('card'), step('invoice'));
  const stage = parallel('prepare', [step('reserve'), pay, step('book')], options);
  return defineSaga({ name: 'order', steps: [step('check'), stage, step('ship')] });
}

const told = defineSaga({
  name: 'told',
  steps: [
    { id: 'pay', kind: 'pivot', handler },
    parallel('tell', [
      { id: 'mail', kind: 'retriable', handler },
      { id: 'log', kind: 'retriable', handler },
    ]),
  ],
});

const linesOf = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());

describe('a stage whose branches run side by side, in the diagrams of a saga', () => {
  it.each([
    ['state', stateDiagram],
    ['sequence', sequenceDiagram],
    ['class', classDiagram],
  ])('is taken by Mermaid in a %s diagram, whatever its options', async (_kind, draw) => {
    for (const saga of [order(), order({ undo: 'parallel', onFailure: 'abort', aliases: ['ready'] }), told])
      expect((await parseDiagram(draw(saga))).labels.join(' ')).toContain(saga === told ? 'mail' : 'reserve');
  });

  it('is a fork and a join of states, and is undone in reverse of the declared order', () => {
    const lines = linesOf(stateDiagram(order()));
    expect(lines).toEqual(
      expect.arrayContaining([
        'state fork2 <<fork>>',
        'fork2 --> act2_1',
        'fork2 --> act2_2a',
        'fork2 --> act2_3',
        'act2_1 --> join2: completed',
        'join2 --> act3: every branch completed',
        'settle2 --> back2: no branch runs any more',
        'back2 --> undo2_3',
        'undo2_3 --> choice2_2: undone',
        'undo2_1 --> undo1: undone',
      ]),
    );
  });

  it('is undone by a second fork if its branches are undone side by side', () => {
    const lines = linesOf(stateDiagram(order({ undo: 'parallel' })));
    expect(lines).toEqual(
      expect.arrayContaining([
        'state back2 <<fork>>',
        'back2 --> undo2_1',
        'back2 --> undo2_3',
        'undo2_3 --> undone2: undone',
        'undone2 --> undo1: every branch has ended',
      ]),
    );
  });

  it('has no way back after the point of no return', () => {
    expect(linesOf(stateDiagram(told)).filter((line) => /settle|back2|undone2/.test(line))).toEqual([]);
  });

  it('is a block of parallel calls in a sequence diagram', () => {
    const lines = linesOf(sequenceDiagram(order()));
    expect(lines).toEqual(expect.arrayContaining(['par prepare, reserve', 'and card', 'and book']));
  });

  it('is a class of its own with its branches as parts', () => {
    const lines = linesOf(classDiagram(order()));
    expect(lines).toEqual(
      expect.arrayContaining([
        'saga *-- parallel2 : 2',
        'parallel2 *-- step2_1 : 2.1',
        'parallel2 *-- fallback2_2 : 2.2',
      ]),
    );
  });
});
