import { runKillLab } from '../src/lab/kill-lab.js';

const kills = Number(process.env['KILLS'] ?? '150');
const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';

describe('processes that are killed with SIGKILL on a real PostgreSQL', () => {
  it(
    'leave nothing undone and nothing done twice, wherever they die',
    async () => {
      const startedAt = performance.now();
      const report = await runKillLab(serverUrl, kills);
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `kills: ${report.kills} processes killed at ${report.places} of ${report.knownPlaces} places, ${report.runs} runs in ${seconds} s`,
      );
      expect(report.problems).toEqual([]);
      expect(report.kills).toBeGreaterThanOrEqual(kills);
    },
    6 * 3_600_000,
  );
});
