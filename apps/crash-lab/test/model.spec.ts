import { checkModel, describeFailure } from '../src/model/check-model.js';
import { allFaults } from '../src/model/run-plans.js';
import { allSaboteurs } from '../src/saboteurs/all-saboteurs.js';

const { MODEL_RUNS = '30000', MODEL_SEED = '1', MODEL_PATH } = process.env;
const path = MODEL_PATH === undefined ? {} : { path: MODEL_PATH };

describe('random sagas on one to three workers', () => {
  it(
    'keep every promise through random crashes, lost answers, pauses and cancels, and go as the reference model says',
    async () => {
      const startedAt = performance.now();
      const report = await checkModel({ runs: Number(MODEL_RUNS), seed: Number(MODEL_SEED), ...path });
      const { runs, calls, statuses, waits, faults, failure } = report;
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `model: ${runs} runs with ${calls} storage calls in ${seconds} s, seed ${MODEL_SEED}: ` +
          `${JSON.stringify(statuses)}, ${JSON.stringify(waits)}, struck by ${JSON.stringify(faults)}`,
      );
      if (failure !== undefined) throw new Error(describeFailure(failure));
      expect(runs).toBe(MODEL_PATH === undefined ? Number(MODEL_RUNS) : 1);
      // A fault that never struck, or an end that no saga reached, proves nothing.
      const least = MODEL_PATH === undefined ? Math.floor(runs / 100) : 0;
      const counts = { ...statuses, ...waits, ...faults };
      const ends = [
        'wait elapsed',
        'wait signal',
        'wait timed-out',
        'deadline-passed',
        'past the pivot',
        'stuck forward',
      ];
      const tooRare = ['completed', 'failed', 'stuck', ...ends, ...allFaults].filter(
        (name) => (counts[name] ?? 0) < least,
      );
      expect(tooRare).toEqual([]);
    },
    24 * 3_600_000,
  );

  it('that went wrong are run again alone, by the seed and the path that the failure names', async () => {
    const [{ sabotage } = { sabotage: {} }] = allSaboteurs.filter(({ name }) => name === 'key that changes');
    const expected = { sabotage, isEvidence: () => true };
    const { failure } = await checkModel({ runs: 10, seed: 1 }, expected);
    const { seed = 0, path: found = '', plan } = failure ?? {};
    expect(describeFailure(failure ?? unfound())).toContain(`MODEL_SEED=${seed} MODEL_PATH=${found} `);

    const again = await checkModel({ runs: 10, seed, path: found }, expected);
    expect(again).toMatchObject({ runs: 1, failure: { plan } });
    const fixed = await checkModel({ runs: 10, seed, path: found });
    expect(fixed).toMatchObject({ runs: 1, failure: undefined });
  });
});

function unfound(): never {
  throw new Error('the mistake was not found');
}
