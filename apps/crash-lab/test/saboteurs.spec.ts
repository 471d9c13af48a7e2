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
    'is noticed for what it is by at least one suite: %s',
    async (_name, saboteur) => {
      const verdict = await judgeSaboteur(saboteur);
      verdicts.push(verdict);
      const { model, exhaustive, contract = [] } = verdict;
      const named = [saboteur.contractTest].filter((title) => title !== undefined);
      expect(contract).toEqual(expect.arrayContaining(named));
      expect(contract.length > 0).toBe(named.length > 0);
      expect([model, exhaustive, ...named].filter((evidence) => evidence !== undefined)).not.toEqual([]);
    },
    300_000,
  );

  it('is listed in docs/saboteurs.md with the suites that noticed it', async () => {
    const table = toTable(verdicts);
    const evidence = verdicts.map(
      ({ saboteur, model = '-', exhaustive = '-', contract = [] }) =>
        `${saboteur.name}: ${model} | ${exhaustive} | ${contract.length} tests`,
    );
    console.log(`${table}\n\n${evidence.join('\n')}`);
    expect(verdicts).toHaveLength(allSaboteurs.length);
    expect(await readFile(page, 'utf8')).toContain(table);
  });

  it('is all that the suites notice: the storage without one passes the contract that is run by hand', async () => {
    expect(await runContract((clock) => new InMemorySagaStorage(clock))).toEqual([]);
  });
});
