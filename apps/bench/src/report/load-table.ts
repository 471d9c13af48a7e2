import { ContestantName } from '../contestants/contestant.js';
import type { LoadSample } from '../scenarios/load-scenario.js';
import { fixed, orDash, whole } from './figures.js';
import { ratioOf, summarizeLoads } from './load-summary.js';
import type { LoadSummary } from './load-summary.js';
import { markdownTable } from './markdown-table.js';

const heads = [
  'contestant',
  'at once',
  'sagas/s',
  'ratio',
  'p50 ms',
  'p99 ms',
  'client CPU ms',
  'server CPU ms',
  'commits',
  'WAL bytes',
  'others',
];

/** One scenario as a table. `ratio` is this project's rate to the row's. */
export function loadTable(samples: readonly LoadSample[], scenario: string): string {
  const ofScenario = samples.filter((sample) => sample.scenario === scenario);
  const rows = summarizeLoads(ofScenario)
    .toSorted((one, other) => one.atOnce - other.atOnce)
    .map((summary) => rowOf(summary, ofScenario));
  return markdownTable(heads, rows);
}

function rowOf(summary: LoadSummary, samples: readonly LoadSample[]): readonly string[] {
  const ours = { ...summary, contestant: ContestantName.NestSaga };
  const ratio = ratioOf(samples, ours, summary, 'sagasPerSecond');
  return [
    summary.contestant,
    whole(summary.atOnce),
    whole(summary.sagasPerSecond),
    ratio === undefined ? '-' : fixed(ratio),
    fixed(summary.p50Ms),
    fixed(summary.p99Ms),
    fixed(summary.clientCpuMs, 3),
    orDash(summary.serverCpuMs, (value) => fixed(value, 3)),
    orDash(summary.commitsPerSaga, (value) => fixed(value)),
    orDash(summary.walBytesPerSaga, whole),
    orDash(summary.foreignCores, (value) => fixed(value)),
  ];
}
