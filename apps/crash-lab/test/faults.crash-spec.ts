import { FaultLab } from '../src/lab/fault-lab.js';
import { allFaults } from '../src/lab/faults.js';
import { pause } from '../src/lab/wait.js';

const worldServerUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
const hourMs = 3_600_000;

describe('sagas on a real PostgreSQL, under load', () => {
  it.each(allFaults.map((fault) => [fault.name, fault] as const))(
    'keep every promise through: %s',
    async (name, fault) => {
      const lab = await FaultLab.open(worldServerUrl);
      try {
        await lab.begin([0, 0, 0], 4, 20);
        await pause(300);
        await lab.suffer(fault);
        await pause(300);
        const report = await lab.finish();
        const { sagas, statuses, troubles } = report;
        console.log(`${name}: ${sagas} sagas, ${JSON.stringify({ ...statuses, ...troubles })}`);
        expect(report.problems).toEqual([]);
        expect(sagas).toBeGreaterThan(10);
        // A fault that nobody noticed proves nothing.
        expect(Object.keys(troubles).length > 0).toBe(
          fault.isSilent !== true || Object.keys(troubles).length > 0,
        );
      } finally {
        await lab.close();
      }
    },
    180_000,
  );

  it('keep every promise where the clocks of the workers are hours apart', async () => {
    const lab = await FaultLab.open(worldServerUrl);
    try {
      await lab.begin([0, hourMs, -hourMs], 4, 20);
      await pause(300);
      await lab.suffer({
        name: 'a kill',
        inflict: async ({ workers }) => {
          await workers[1]?.kill();
        },
      });
      await pause(1_000);
      const report = await lab.finish();
      console.log(`clocks apart: ${report.sagas} sagas, ${JSON.stringify(report.statuses)}`);
      expect(report.problems).toEqual([]);
      expect(report.sagas).toBeGreaterThan(10);
    } finally {
      await lab.close();
    }
  }, 180_000);
});
