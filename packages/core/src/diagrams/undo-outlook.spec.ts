import fc from 'fast-check';
import { anyDefinition, unusedHandler as handler } from '../../test/diagrams/definitions.js';
import { simulate } from '../../test/diagrams/executions.js';
import { defineSaga, fallback } from '../index.js';
import type { DeclaredStep } from '../index.js';
import { applyToOutlook, firstOutlook } from './undo-outlook.js';

describe('what a journal says about undoing without a definition', () => {
  it('is what the engine makes of it with one, whatever happened', () => {
    const choices = fc.array(fc.nat(9), { maxLength: 40 });
    fc.assert(
      fc.property(anyDefinition, fc.boolean(), choices, (definition, isQueued, chosen) => {
        const { entries, state } = simulate(definition, isQueued, chosen);
        const { direction, undo, givenUp } = entries.reduce(applyToOutlook, firstOutlook);
        expect({ direction, undo, givenUp }).toEqual({
          direction: state.direction,
          undo: state.undo.map(({ step }) => step),
          givenUp: state.givenUp.map(({ step }) => step),
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is nothing to undo before an alternative any more, once a cancel has decided to go back', () => {
    const compensation = { maximumAttempts: 1, onExhausted: 'continue' } as const;
    const card: DeclaredStep = { id: 'card', handler, compensateOn: 'attempted', compensation };
    const saga = defineSaga({ name: 'order', steps: [fallback(card, { id: 'invoice', handler })] });
    // The act fails, its undo fails, a retry, a cancel, the decision, the undo fails again, a person has done it.
    const { entries } = simulate(saga, false, [1, 1, 0, 8, 0, 1, 5]);
    expect(entries.map(({ kind }) => kind).slice(-3)).toEqual([
      'compensation-decided',
      'compensation-failed',
      'step-resolved',
    ]);
    expect(entries.reduce(applyToOutlook, firstOutlook)).toMatchObject({ undo: [], givenUp: [] });
  });
});
