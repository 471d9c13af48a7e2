import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { quotedResultsFile, readResults } from '../src/command/results-file.js';
import { modelOf } from '../src/cost-model/model-of-results.js';
import { reportOf } from '../src/report/report.js';

const results = readResults(quotedResultsFile);
const page = readFileSync(fileURLToPath(new URL('../../../docs/performance.md', import.meta.url)), 'utf8');

test('the page about performance quotes the report on the results that are kept beside it', () => {
  expect(page).toContain(reportOf(results));
});

describe('the cost model, held to the measurements it quotes', () => {
  const { checks = [] } = modelOf(results) ?? {};

  test('the loads that its costs are taken from, and one that they are not', () => {
    expect(checks.filter(({ isFitted }) => isFitted).map(({ measured }) => measured.atOnce)).toEqual([
      1, 50, 200, 1_000,
    ]);
    expect(checks.filter(({ isFitted }) => !isFitted).map(({ scenario }) => scenario)).toEqual(['ten steps']);
  });

  test.each(checks)(
    '$scenario, $measured.atOnce at once: the rate within a third',
    ({ measured, simulated }) => {
      const ratio = simulated.sagasPerSecond / measured.sagasPerSecond;
      expect(ratio).toBeGreaterThan(2 / 3);
      expect(ratio).toBeLessThan(3 / 2);
    },
  );
});
