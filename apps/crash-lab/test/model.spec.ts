import { checkModel, describeFailure } from '../src/model/check-model.js';

const { MODEL_RUNS = '30000', MODEL_SEED = '1', MODEL_PATH } = process.env;
const path = MODEL_PATH === undefined ? {} : { path: MODEL_PATH };

describe('random sagas on one to three workers', () => {
  it(
    'keep every promise through random crashes, lost answers, pauses and cancels, and go as the reference model says',
    async () => {
      const startedAt = performance.now();
      const report = await checkModel({ runs: Number(MODEL_RUNS), seed: Number(MODEL_SEED), ...path });
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `model: ${report.runs} runs with ${report.calls} storage calls in ${seconds} s, seed ${MODEL_SEED}: ${JSON.stringify(report.statuses)}`,
      );
      if (report.failure !== undefined) throw new Error(describeFailure(report.failure));
      expect(report.runs).toBe(path.path === undefined ? Number(MODEL_RUNS) : 1);
    },
    24 * 3_600_000,
  );
});
