import { readFile } from 'node:fs/promises';
import type { StressRun } from '../src/lab/stress-runs.js';
import { labSaboteurs } from '../src/saboteurs/lab-saboteurs.js';
import { judgeInLab, toLabTable } from '../src/saboteurs/lab-verdicts.js';
import type { LabVerdicts } from '../src/saboteurs/lab-verdicts.js';

const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';
const page = new URL('../../../docs/saboteurs.md', import.meta.url);
const stressRuns: readonly StressRun[] = ['kills', 'freezes'];

describe('a deliberate mistake in real processes', () => {
  let found: LabVerdicts;

  beforeAll(async () => {
    found = await judgeInLab(serverUrl, stressRuns);
  }, 300_000);

  it('is all that is noticed: without one every process is struck, and every promise is kept', () => {
    expect(found.unbroken.flatMap(({ problems }) => problems)).toEqual([]);
    const complete = found.unbroken.filter(({ isComplete }) => isComplete).map(({ stressRun }) => stressRun);
    expect(complete.toSorted()).toEqual(stressRuns.toSorted());
  });

  it.each(labSaboteurs.map(({ name, stressRuns: own }) => [name, own] as const))(
    'is noticed for what it is: %s',
    (name, own) => {
      const verdict = found.verdicts.find(({ saboteur }) => saboteur.name === name);
      const noticed = [...(verdict?.evidence ?? [])].filter(([, problem]) => problem !== undefined);
      expect(own).not.toEqual([]);
      expect(noticed.map(([stressRun]) => stressRun)).toEqual(own);
    },
  );

  it('is listed in docs/saboteurs.md with what noticed it', async () => {
    const table = toLabTable(found.verdicts, stressRuns);
    const evidence = found.verdicts.flatMap(({ saboteur, evidence: shown }) =>
      [...shown].map(([stressRun, problem = '-']) => `${saboteur.name}, ${stressRun}: ${problem}`),
    );
    console.log(`${table}\n\n${evidence.join('\n')}`);
    expect(await readFile(page, 'utf8')).toContain(table);
  });
});
