import fc from 'fast-check';
import { anyDefinition, relabelled, unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { orderSaga } from '../../test/diagrams/example.js';
import { hostileDirective, hostileLabels, shownAs } from '../../test/diagrams/labels.js';
import { configurationIn, parseDiagram } from '../../test/diagrams/mermaid.js';
import { anyRelabel, structuresOf } from '../../test/diagrams/same-structure.js';
import { defineSaga, fallback } from '../index.js';
import { sequenceDiagram } from './sequence-diagram.js';

function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim());
}

function orderOf(text: string, ...parts: readonly string[]): readonly number[] {
  const lines = linesOf(text);
  return parts.map((part) => lines.findIndex((line) => line === part));
}

describe('the sequence diagram of a saga', () => {
  it('has the saga and each step as a participant, and parses', async () => {
    const { kind, labels } = await parseDiagram(sequenceDiagram(orderSaga));
    expect(kind).toBe('sequence');
    expect(labels.slice(0, 5)).toEqual([
      'order, version 1',
      'reserve-inventory',
      'charge-card',
      'send-invoice',
      'ship-order',
    ]);
  });

  it('shows both ends of a fallback, and that both failing leads to the undo', () => {
    const text = sequenceDiagram(orderSaga);
    const order = orderOf(
      text,
      'alt charge-card completed',
      'step2a-->>saga: completed, on to the next',
      'else charge-card failed for good with GatewayError or its circuit breaker is open',
      'step2a--xsaga: failed, take the alternative',
      'break charge-card and send-invoice both failed for good',
      'step2b--xsaga: both failed, undo what completed',
      'step2b-->>saga: completed, on to the next',
      'saga->>step3: act',
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(linesOf(text)).toContain('break charge-card failed for good with any other error');
  });

  it('undoes a primary in doubt before its alternative, unless it is undone only if it completed', () => {
    const lines = linesOf(sequenceDiagram(orderSaga));
    const from = lines.indexOf('opt charge-card is in doubt');
    expect(lines.slice(from, from + 9)).toEqual([
      'opt charge-card is in doubt',
      'saga->>step2a: compensate, before send-invoice',
      'Note over step2a: up to 3 attempts, waits 1 s, times 2, at most 1 min, 5 s for each',
      'break undoing charge-card failed for good',
      'step2a--xsaga: failed',
      'Note over saga: STUCK, a person is needed before send-invoice',
      'end',
      'step2a-->>saga: undone',
      'end',
    ]);
    const saga = defineSaga({
      name: 'order',
      steps: [fallback({ id: 'card', handler, compensateOn: 'completed' }, { id: 'invoice', handler })],
    });
    expect(sequenceDiagram(saga)).not.toContain('before invoice');
  });

  it('says of which acts a step is undone', () => {
    const lines = linesOf(sequenceDiagram(orderSaga));
    expect(lines).toContain('opt ship-order completed or in doubt');
    expect(lines).toContain('Note over step3: undone too if its effect is in doubt');
  });

  it('notes the circuit breaker, the attempts and the time limits', () => {
    expect(linesOf(sequenceDiagram(orderSaga))).toEqual(
      expect.arrayContaining([
        'Note over step1: up to 3 attempts, waits 1 s, times 2, at most 1 min',
        'Note over step2a: behind a circuit breaker',
        'Note over step2a: 1 attempt, 5 s for each',
      ]),
    );
  });

  it('compensates in reverse order and shows where that ends', () => {
    const compensations = linesOf(sequenceDiagram(orderSaga)).filter((line) => line.endsWith(': compensate'));
    expect(compensations).toEqual(
      ['step3', 'step2b', 'step2a', 'step1'].map((step) => `saga->>${step}: compensate`),
    );
    expect(linesOf(sequenceDiagram(orderSaga))).toEqual(
      expect.arrayContaining([
        'Note over saga: COMPLETED',
        'Note over saga: STUCK, a person is needed before the earlier steps',
        'Note over saga: FAILED, everything that was done is undone',
      ]),
    );
  });

  it('shows that the undo continues after a step that is given up', () => {
    const saga = defineSaga({
      name: 'order',
      steps: [
        { id: 'charge', handler, compensateOn: 'attempted', compensation: { onExhausted: 'continue' } },
      ],
    });
    expect(linesOf(sequenceDiagram(saga))).toEqual(
      expect.arrayContaining([
        'opt charge attempted',
        'Note over step1: undone too if it was called, its effect may be there',
        'Note over saga: given up, the earlier steps go on',
        'Note over saga: FAILED where everything is undone, STUCK where an undo was given up',
      ]),
    );
  });

  it.each(hostileLabels)('shows a name as it is: %j', async (label) => {
    const shown = shownAs(label);
    const { labels } = await parseDiagram(
      sequenceDiagram(relabelled(orderSaga, (text) => `${label} ${text}`)),
    );
    expect(labels).toContain(`${shown} order, version 1`);
  });

  it('leaves the configuration of Mermaid alone', async () => {
    const text = sequenceDiagram(relabelled(orderSaga, () => hostileDirective));
    expect(await configurationIn(text)).toEqual({});
  });

  it('parses for every saga, and no text in it changes anything but a label', async () => {
    await fc.assert(
      fc.asyncProperty(anyDefinition, anyRelabel, async (definition, relabel) => {
        const [plainly, hostilely] = await structuresOf(
          sequenceDiagram(definition),
          sequenceDiagram(relabelled(definition, relabel)),
        );
        expect(hostilely).toEqual(plainly);
      }),
      { numRuns: 30 },
    );
  });
});
