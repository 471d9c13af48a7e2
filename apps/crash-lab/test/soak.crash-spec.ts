import { allFaults } from '../src/lab/faults.js';
import { soak } from '../src/lab/soak.js';

const minutes = Number(process.env['SOAK_MINUTES'] ?? '2');
const worldServerUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';

describe('four workers under load', () => {
  it(
    'keep every promise while the database, the network and the processes fail at the same time',
    async () => {
      const lines: string[] = [];
      const report = await soak({ minutes, seed: 1, worldServerUrl, onProgress: (line) => lines.push(line) });
      console.log(`soak of ${minutes} minutes: ${JSON.stringify(report, undefined, 2)}`);
      expect({ problems: report.problems, story: report.problems.length > 0 ? lines : [] }).toEqual({
        problems: [],
        story: [],
      });
      expect(report.sagas).toBeGreaterThan(50);
      expect(report.rescues).toBeGreaterThan(0);
      expect(Object.entries(report.counts).filter(([, count]) => count === 0)).toEqual([]);
      // In less time, not every fault has a turn.
      if (minutes >= 2)
        expect(Object.keys(report.faults).toSorted()).toEqual(allFaults.map(({ name }) => name).toSorted());
    },
    (minutes + 5) * 60_000,
  );
});
