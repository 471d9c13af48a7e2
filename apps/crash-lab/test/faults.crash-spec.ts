import { FaultLab } from '../src/lab/fault-lab.js';
import { allFaults } from '../src/lab/faults.js';

const worldServerUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
const hourMs = 3_600_000;
const limitMs = 300_000;

describe('sagas on a real PostgreSQL, under load', () => {
  it.each(allFaults.map((fault) => [fault.name, fault] as const))(
    'keep every promise through: %s',
    async (name, fault) => {
      const lab = await FaultLab.open(worldServerUrl);
      try {
        await lab.begin([0, 0, 0], 4, 20);
        await lab.suffer(fault);
        await lab.goesOn();
        const { problems, sagas, statuses, troubles, rescues, counts } = await lab.finish();
        console.log(`${name}: ${sagas} sagas, ${JSON.stringify({ ...statuses, ...troubles, rescues })}`);
        expect(problems).toEqual([]);
        expect(counts.starts).toBeGreaterThanOrEqual(20);
        // A fault that no worker noticed proves nothing.
        if (fault.isSilent !== true) expect(Object.keys(troubles)).not.toEqual([]);
        if (fault.sqlState !== undefined)
          expect(Object.keys(troubles).join()).toMatch(new RegExp(` ${fault.sqlState}\\b`));
        if (fault.changesHands === true) expect(rescues).toBeGreaterThan(0);
      } finally {
        await lab.close();
      }
    },
    limitMs,
  );

  it(
    'keep every promise if the clocks of the workers are hours apart',
    async () => {
      const kill = allFaults.find(({ name }) => name.includes('SIGKILL'));
      const lab = await FaultLab.open(worldServerUrl);
      try {
        await lab.begin([0, hourMs, -hourMs], 4, 20);
        if (kill !== undefined) await lab.suffer(kill);
        await lab.goesOn();
        const { problems, sagas, statuses, rescues } = await lab.finish();
        console.log(`clocks apart: ${sagas} sagas, ${JSON.stringify({ ...statuses, rescues })}`);
        expect(problems).toEqual([]);
        expect(rescues).toBeGreaterThan(0);
      } finally {
        await lab.close();
      }
    },
    limitMs,
  );
});
