import { checkExhaustively } from '../src/exhaustive/check-exhaustively.js';
import { full, slice, sliceOfDay } from '../src/exhaustive/exhaustive-scope.js';

const { EXHAUSTIVE, EXHAUSTIVE_SLICE } = process.env;
const number = EXHAUSTIVE_SLICE === undefined ? sliceOfDay(new Date()) : Number(EXHAUSTIVE_SLICE);
const scope = EXHAUSTIVE === 'full' ? full : slice(number);
/** The minimum number of runs: a suite that tries less than it promises proves nothing. */
const least =
  scope === full
    ? { calm: 3_115, oneCrash: 54_900, twoCrashes: 659_000, lost: 155_000 }
    : { calm: 3_115, oneCrash: 54_900, twoCrashes: 129_000, lost: 38_000 };

describe('every saga of one to three steps, of one or two with a wait, and of two or three with kinds', () => {
  it(
    'keeps every promise with a crash at every storage call, and with a second one after it',
    async () => {
      const startedAt = performance.now();
      const { sagas, runs, failure } = await checkExhaustively(scope);
      const all = runs.calm + runs.oneCrash + runs.twoCrashes + runs.lost;
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `exhaustive (${scope.name}): ${sagas} sagas, ${all} runs in ${seconds} s: ${runs.calm} without a fault, ` +
          `${runs.oneCrash} with one crash, ${runs.twoCrashes} with two, ${runs.lost} with a lost request or answer`,
      );
      if (failure !== undefined)
        throw new Error(
          [
            ...failure.problems,
            '',
            JSON.stringify(failure.plan),
            '',
            ...failure.story,
            '',
            `again: ${scope === full ? 'EXHAUSTIVE=full' : `EXHAUSTIVE_SLICE=${number}`} npm test -- apps/crash-lab/test/exhaustive.spec.ts`,
          ].join('\n'),
        );
      expect(sagas).toBe(3_213);
      for (const [kind, count] of Object.entries(least))
        expect(runs[kind as keyof typeof runs]).toBeGreaterThanOrEqual(count);
    },
    6 * 3_600_000,
  );
});
