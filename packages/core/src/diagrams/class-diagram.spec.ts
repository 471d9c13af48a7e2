import fc from 'fast-check';
import { anyDefinition, relabelled, unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { orderSaga } from '../../test/diagrams/example.js';
import { hostileDirective, hostileLabels, shownAs } from '../../test/diagrams/labels.js';
import { configurationIn, parseDiagram } from '../../test/diagrams/mermaid.js';
import { anyRelabel, structuresOf } from '../../test/diagrams/same-structure.js';
import { defineSaga } from '../index.js';
import { classDiagram } from './class-diagram.js';

describe('the class diagram of a saga', () => {
  it('shows the saga, the class of its context and each step with act and compensate', async () => {
    const { kind, structure, labels } = await parseDiagram(classDiagram(orderSaga));
    expect(kind).toBe('classDiagram');
    expect(structure).toEqual(
      expect.arrayContaining(['saga --> context', 'saga --> step1', 'saga --> fallback2', 'saga --> step3']),
    );
    expect(labels).toEqual(
      expect.arrayContaining([
        'order',
        'version 1',
        'OrderContext',
        'reserve-inventory',
        'act(OrderContext)',
        'compensate(OrderContext)',
        'act up to 3 attempts, waits 1 s, times 2, at most 1 min',
        'undone if completed or in doubt',
      ]),
    );
  });

  it('shows both ends of a fallback, with when the alternative is taken and the circuit breaker', async () => {
    const { structure, labels } = await parseDiagram(classDiagram(orderSaga));
    expect(structure).toEqual(expect.arrayContaining(['fallback2 --> step2a', 'fallback2 --> step2b']));
    expect(labels).toEqual(
      expect.arrayContaining([
        'primary',
        'alternative',
        'alternative where charge-card failed for good with GatewayError or its circuit breaker is open',
        'circuit breaker',
      ]),
    );
  });

  it.each(['', '\u200e'])('calls a context whose class has the name %j a context', async (name) => {
    const { labels } = await parseDiagram(
      classDiagram({ ...orderSaga, context: { [name]: class {} }[name] }),
    );
    expect(labels).toContain('act(context)');
  });

  it('shows what else was said about a step, and a context without a class', async () => {
    const saga = defineSaga({
      name: 'order',
      steps: [{ id: 'charge', handler, aliases: ['pay'], compensateOn: 'attempted', timeoutMs: 250 }],
    });
    const { labels } = await parseDiagram(classDiagram(saga));
    expect(labels).toEqual(
      expect.arrayContaining([
        'act 1 attempt, 250 ms for each',
        'undone if attempted',
        'formerly pay',
        'act(context)',
      ]),
    );
  });

  it.each(hostileLabels)('shows a name as it is: %j', async (label) => {
    const shown = shownAs(label);
    const { labels } = await parseDiagram(classDiagram(relabelled(orderSaga, (text) => `${label} ${text}`)));
    expect(labels).toEqual(
      expect.arrayContaining([`${shown} order`, `${shown} context`, `${shown} reserve-inventory`]),
    );
  });

  it('leaves the configuration of Mermaid alone', async () => {
    const text = classDiagram(relabelled(orderSaga, () => hostileDirective));
    expect(await configurationIn(text)).toEqual({});
  });

  it('parses for every saga, and no text in it changes anything but a label', async () => {
    await fc.assert(
      fc.asyncProperty(anyDefinition, anyRelabel, async (definition, relabel) => {
        const [plainly, hostilely] = await structuresOf(
          classDiagram(definition),
          classDiagram(relabelled(definition, relabel)),
        );
        expect(hostilely).toEqual(plainly);
      }),
      { numRuns: 30 },
    );
  });
});
