import { checkExhaustively } from '../src/exhaustive/check-exhaustively.js';

const scope = process.env['EXHAUSTIVE'] === 'full' ? 'full' : 'short';

describe('every saga of one to three steps', () => {
  it(
    'keeps every promise with a crash at every storage call, and with a second one behind it',
    async () => {
      const startedAt = performance.now();
      const { sagas, runs, failure } = await checkExhaustively(scope);
      const all = runs.calm + runs.oneCrash + runs.twoCrashes + runs.lost;
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `exhaustive (${scope}): ${sagas} sagas, ${all} runs in ${seconds} s: ${runs.calm} without a fault, ` +
          `${runs.oneCrash} with one crash, ${runs.twoCrashes} with two, ${runs.lost} with a lost request or answer`,
      );
      if (failure !== undefined)
        throw new Error(
          [...failure.problems, '', JSON.stringify(failure.plan), '', ...failure.story].join('\n'),
        );
      expect(sagas).toBe(2_651);
    },
    6 * 3_600_000,
  );
});
