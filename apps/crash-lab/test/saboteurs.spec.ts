import { readFile } from 'node:fs/promises';
import { allSaboteurs } from '../src/saboteurs/all-saboteurs.js';
import { runContract } from '../src/saboteurs/run-contract.js';
import { judgeSaboteur, toTable } from '../src/saboteurs/verdicts.js';
import type { Verdict } from '../src/saboteurs/verdicts.js';
import { InMemorySagaStorage } from '@nest-saga/core';

const page = new URL('../../../docs/saboteurs.md', import.meta.url);

describe('a deliberate mistake', () => {
  const verdicts: Verdict[] = [];

  it.each(allSaboteurs.map((saboteur) => [saboteur.name, saboteur] as const))(
    'is noticed by at least one suite: %s',
    async (_name, saboteur) => {
      const verdict = await judgeSaboteur(saboteur);
      verdicts.push(verdict);
      const { model, exhaustive, contract = false } = verdict;
      expect(model || exhaustive || contract).toBe(true);
    },
    300_000,
  );

  it('is listed in docs/saboteurs.md with the suites that noticed it', async () => {
    const table = toTable(verdicts);
    console.log(
      `${table}\n\n${verdicts.map(({ saboteur, evidence }) => `${saboteur.name}: ${evidence}`).join('\n')}`,
    );
    expect(verdicts).toHaveLength(allSaboteurs.length);
    expect(await readFile(page, 'utf8')).toContain(table);
  });

  it('is all that the suites notice: the storage without one passes the contract that is run by hand', async () => {
    expect(await runContract((clock) => new InMemorySagaStorage(clock))).toBeUndefined();
  });
});
