import { ContestantName } from '../contestants/contestant.js';
import { runInChild } from '../child/child-process.js';
import { usualShape } from '../sample/saga-shape.js';
import { queryOnce } from '../server/bench-server.js';
import type { BenchServer } from '../server/bench-server.js';
import { measureOn } from './load-scenario.js';
import type { LoadSample, QuietWindow } from './load-scenario.js';
import { seedFinishedSagas } from './seed-finished-sagas.js';

/** The names of the two databases in the results. */
export const finishedRowsScenario = { empty: 'nothing finished', full: 'many finished' } as const;

/**
 * Measures the same load in turn on an empty database and on one with many finished sagas and their journals. The cost
 * of a saga should be the same.
 */
export async function runFinishedRows(
  plan: { readonly sagas: number; readonly atOnce: readonly number[]; readonly rounds: number },
  window: QuietWindow,
  server: BenchServer,
  onSample: (sample: LoadSample) => void,
): Promise<readonly LoadSample[]> {
  return await server.onNewDatabase((emptyUrl) =>
    server.onNewDatabase(async (fullUrl) => {
      const contestant = ContestantName.NestSaga;
      const shape = usualShape;
      const samples: LoadSample[] = [];
      // Its first start creates the tables.
      await runInChild({ kind: 'soak', contestant, databaseUrl: fullUrl, shape, atOnce: 1, marks: [10] });
      await seedFinishedSagas(fullUrl, plan.sagas);
      const databases = [
        { scenario: finishedRowsScenario.empty, url: emptyUrl },
        { scenario: finishedRowsScenario.full, url: fullUrl },
      ];
      for (let round = 1; round <= plan.rounds; round++) {
        for (const atOnce of plan.atOnce) {
          for (const { scenario, url } of round % 2 === 0 ? databases : databases.toReversed()) {
            await queryOnce(url, 'CHECKPOINT');
            const measurement = await measureOn(url, server.pid, { contestant, shape, atOnce, window });
            const sample = { scenario, contestant, shape, atOnce, round, ...measurement };
            samples.push(sample);
            onSample(sample);
          }
        }
      }
      return samples;
    }),
  );
}
