import fc from 'fast-check';
import { anyDefinition, relabelled, unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { orderSaga } from '../../test/diagrams/example.js';
import { hostileDirective, hostileLabels, shownAs } from '../../test/diagrams/labels.js';
import { configurationIn, parseDiagram } from '../../test/diagrams/mermaid.js';
import { anyRelabel, structuresOf } from '../../test/diagrams/same-structure.js';
import { defineSaga, fallback } from '../index.js';
import { stateDiagram } from './state-diagram.js';

const circuitBreaker = { execute: <T>(_: string, run: () => Promise<T>) => run(), isOpen: () => false };

function transitionsFrom(text: string, state: string): readonly string[] {
  const start = `${state} --> `;
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length));
}

describe('the state diagram of a saga', () => {
  it('shows every act, every undo and every status, and parses', async () => {
    const { kind, labels } = await parseDiagram(stateDiagram(orderSaga));
    expect(kind).toBe('stateDiagram');
    expect(labels).toEqual(
      expect.arrayContaining([
        'PENDING',
        'reserve-inventory',
        'charge-card',
        'send-invoice',
        'ship-order',
        'undo reserve-inventory',
        'undo charge-card',
        'undo send-invoice',
        'undo ship-order',
        'COMPLETED',
        'FAILED',
        'STUCK',
      ]),
    );
  });

  it('goes forward through both ends of a fallback, and back if both failed', () => {
    const text = stateDiagram(orderSaga);
    expect(transitionsFrom(text, 'act2a')).toEqual([
      'act3: completed',
      'act2b: failed for good with GatewayError or its circuit breaker is open, nothing in doubt',
      'first2a: failed for good with GatewayError or its circuit breaker is open, its effect in doubt',
      'undo1: failed for good with any other error or cancelled, nothing in doubt',
      'undo2a: its effect in doubt, or done but cancelled or its result cannot be stored',
    ]);
    expect(transitionsFrom(text, 'act2b')).toEqual([
      'act3: completed',
      'undo1: both failed for good or cancelled, nothing in doubt',
      'undo2b: its effect in doubt, or done but cancelled or its result cannot be stored',
    ]);
  });

  it('undoes a primary in doubt before its alternative, which begins only once that is done', async () => {
    const text = stateDiagram(orderSaga);
    expect(transitionsFrom(text, 'first2a')).toEqual([
      'first2a: tried again, up to 3 attempts, waits 1 s, times 2, at most 1 min, 5 s for each',
      'act2b: undone',
      'undo2a: cancelled',
      'stuck: failed for good',
    ]);
    expect((await parseDiagram(text)).labels).toContain('undo charge-card before send-invoice');
  });

  it('undoes no primary first that is undone only if it completed', () => {
    const saga = defineSaga({
      name: 'order',
      steps: [fallback({ id: 'card', handler, compensateOn: 'completed' }, { id: 'invoice', handler })],
    });
    const text = stateDiagram(saga);
    expect(text).not.toContain('first1a');
    expect(transitionsFrom(text, 'act1a')).toEqual([
      'completed: completed',
      'act1b: failed for good',
      'failed: cancelled',
      'undo1a: done, but cancelled or its result cannot be stored',
    ]);
  });

  it('goes back in reverse order through the end of a fallback that completed', () => {
    const text = stateDiagram(orderSaga);
    expect(transitionsFrom(text, 'act3')).toContain(
      'choice2: failed for good or cancelled, nothing in doubt',
    );
    expect(transitionsFrom(text, 'choice2')).toEqual([
      'undo2b: send-invoice completed',
      'undo2a: charge-card completed',
    ]);
    expect(transitionsFrom(text, 'undo2a')).toContain('undo1: undone');
    expect(transitionsFrom(text, 'undo2b')).toContain('undo1: undone');
    expect(transitionsFrom(text, 'undo1')).toContain('failed: undone');
  });

  it('notes the retries, and that an undo which fails for good is STUCK', () => {
    const text = stateDiagram(orderSaga);
    expect(transitionsFrom(text, 'act1')).toContain(
      'act1: tried again, up to 3 attempts, waits 1 s, times 2, at most 1 min',
    );
    expect(transitionsFrom(text, 'act3')).not.toContainEqual(expect.stringContaining('tried again'));
    expect(transitionsFrom(text, 'undo1')).toContain('stuck: failed for good');
  });

  it('undoes an attempted step first, and an attempted primary before its alternative', () => {
    const attempted = { handler, compensateOn: 'attempted' } as const;
    const saga = defineSaga({
      name: 'order',
      steps: [
        { id: 'reserve', ...attempted },
        fallback({ id: 'card', ...attempted }, { id: 'invoice', handler }, { circuitBreaker }),
      ],
    });
    const text = stateDiagram(saga);
    expect(transitionsFrom(text, 'act1')).toContain('undo1: failed for good or cancelled');
    expect(transitionsFrom(text, 'act2a')).toEqual(
      expect.arrayContaining([
        'act2b: its circuit breaker is open, and it was never called',
        'first2a: failed for good or its circuit breaker is open, it was called',
      ]),
    );
    expect(transitionsFrom(text, 'undo2b')).toContain('undo1: undone');
  });

  it('ends STUCK, but only after the earlier undos, if an undo may be given up', () => {
    const steps = ['one', 'two'].map((id) => ({
      id,
      handler,
      compensation: { onExhausted: 'continue' } as const,
    }));
    const text = stateDiagram(defineSaga({ name: 'order', steps }));
    expect(transitionsFrom(text, 'undo2')).toContain('undo1: given up');
    expect(transitionsFrom(text, 'undo1')).toEqual(
      expect.arrayContaining(['choiceEnd: undone', 'choiceEnd: given up']),
    );
    expect(transitionsFrom(text, 'choiceEnd')).toEqual([
      'failed: everything is undone',
      'stuck: an undo was given up',
    ]);
  });

  it.each(hostileLabels)('shows a name as it is: %j', async (label) => {
    const shown = shownAs(label);
    const { labels } = await parseDiagram(stateDiagram(relabelled(orderSaga, (text) => `${label} ${text}`)));
    expect(labels).toContain(`undo ${shown} reserve-inventory`);
  });

  it('leaves the configuration of Mermaid alone', async () => {
    const text = stateDiagram(relabelled(orderSaga, () => hostileDirective));
    expect(await configurationIn(text)).toEqual({});
  });

  it('parses for every saga, and no text in it changes anything but a label', async () => {
    await fc.assert(
      fc.asyncProperty(anyDefinition, anyRelabel, async (definition, relabel) => {
        const [plainly, hostilely] = await structuresOf(
          stateDiagram(definition),
          stateDiagram(relabelled(definition, relabel)),
        );
        expect(hostilely).toEqual(plainly);
      }),
      { numRuns: 30 },
    );
  });
});
