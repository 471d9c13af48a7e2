import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { quotedResultsFile, readResults } from '../src/command/results-file.js';
import { modelOf } from '../src/cost-model/model-of-results.js';
import { reportOf } from '../src/report/report.js';

const results = readResults(quotedResultsFile);
const page = read('docs/performance.md');
const readme = read('README.md').replaceAll(/\s+/g, ' ');

test('the page about performance quotes the report on the results that are kept beside it', () => {
  expect(page).toContain(reportOf(results));
});

test('the README quotes the ratios of the same results', () => {
  expect(readme).toContain(
    `${ratioOf('rate to DBOS, 50 at once')} times as many sagas a second as DBOS Transact with 50 at once, ` +
      `and ${ratioOf('rate to DBOS, 200 at once')} times with 200`,
  );
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

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), 'utf8');
}

/** The measured value of a target on the page, rounded down. */
function ratioOf(target: string): number {
  const [, measured] = new RegExp(`^\\| ${target} +\\|[^|]+\\| +([\\d.]+) \\|`, 'm').exec(page) ?? [];
  return Math.floor(Number(measured));
}
