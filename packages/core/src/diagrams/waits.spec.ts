import { describe, expect, it } from '@jest/globals';
import { unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { parseDiagram } from '../../test/diagrams/mermaid.js';
import { sagaSignal } from '../definition/saga-signal.js';
import { approval, delay, waitFor } from '../definition/waits.js';
import { defineSaga } from '../index.js';
import { days, minutes } from '../options/durations.js';
import { classDiagram } from './class-diagram.js';
import { sequenceDiagram } from './sequence-diagram.js';
import { stateDiagram } from './state-diagram.js';

const order = defineSaga({
  name: 'order',
  steps: [
    { id: 'reserve', handler },
    waitFor('payment', [sagaSignal('paid'), sagaSignal('cancelled')], { timeoutMs: minutes(30) }),
    approval('large', { roles: ['finance', 'board'], timeoutMs: days(2), onTimeout: 'continue' }),
    delay('cool', (): number => 5),
    { id: 'ship', handler },
  ],
});

describe('a wait in the diagrams of a saga', () => {
  it('is between its neighbours, with each way out of it; the way back passes it', async () => {
    const text = stateDiagram(order);
    await parseDiagram(text);
    expect(
      text
        .split('\n')
        .filter((line) => /wait\d -->|--> wait/.test(line))
        .map((line) => line.trim()),
    ).toEqual([
      'act1 --> wait2: completed',
      'wait2 --> wait3: paid or cancelled',
      'wait2 --> undo1: nothing for 30 min',
      'wait2 --> undo1: cancelled',
      'wait3 --> wait4: approved',
      'wait3 --> undo1: rejected',
      'wait3 --> wait4: nothing for 2 d',
      'wait3 --> undo1: cancelled',
      'wait4 --> act5: after as long as the context says',
      'wait4 --> undo1: cancelled',
    ]);
    expect(text).toContain('act5 --> undo1');
    expect(text).toContain('class wait2 waiting');
  });

  it('is a note of the sequence, with what is undone', async () => {
    const text = sequenceDiagram(order);
    await parseDiagram(text);
    expect(text).toContain('Note over saga: payment, waits for paid or cancelled, at most 30 min');
    expect(text).toContain('break payment nothing for 30 min');
    expect(text).toContain('Note over saga: large, waits for a decision of finance or board, at most 2 d');
    expect(text).toContain('break large rejected');
    expect(text).toContain('Note over saga: cool, waits as long as the context says');
  });

  it('is a class of its own', async () => {
    const text = classDiagram(order);
    await parseDiagram(text);
    for (const line of ['class wait2["payment"] {', '<<wait>>', 'saga *-- wait2 : 2'])
      expect(text).toContain(line);
  });
});
