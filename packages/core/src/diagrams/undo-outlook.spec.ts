import fc from 'fast-check';
import { anyDefinition } from '../../test/diagrams/definitions.js';
import { simulate } from '../../test/diagrams/executions.js';
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
});
