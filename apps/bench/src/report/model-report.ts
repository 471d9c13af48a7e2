import type { BenchResults } from '../command/bench-results.js';
import { capacityOf } from '../cost-model/capacity.js';
import type { DatabaseServer } from '../cost-model/capacity.js';
import { modelOf } from '../cost-model/model-of-results.js';
import type { ModelCheck } from '../cost-model/model-of-results.js';
import type { SagaCosts } from '../cost-model/saga-costs.js';
import { usualShape, writesOf } from '../sample/saga-shape.js';
import { fixed, megabytes, whole } from './figures.js';
import { markdownTable } from './markdown-table.js';

const megabyte = 2 ** 20;

/** Typical servers for rent: cores, and the log bytes that their disks write in a second. */
const servers: readonly DatabaseServer[] = [
  { cores: 2, logBytesPerSecond: 125 * megabyte },
  { cores: 4, logBytesPerSecond: 125 * megabyte },
  { cores: 8, logBytesPerSecond: 250 * megabyte },
  { cores: 16, logBytesPerSecond: 250 * megabyte },
  { cores: 16, logBytesPerSecond: 1_000 * megabyte },
  { cores: 32, logBytesPerSecond: 1_000 * megabyte },
  { cores: 64, logBytesPerSecond: 1_000 * megabyte },
];

/** The number of rows in a statement, if some dozens of sagas run at the same time in each process. */
const rowsInStatement = 50;

/** The cost model of a run: the costs, how well they explain it, and the capacity of databases of other sizes. */
export function modelReport(results: BenchResults): readonly string[] {
  const model = modelOf(results);
  if (model === undefined) return [];
  return [
    '#### Cost model: what the parts of a saga cost',
    costTable(model.costs),
    '#### Cost model: simulated and measured',
    checkTable(model.checks),
    '#### Cost model: what a database carries',
    capacityTable(model.costs),
  ];
}

function costTable(costs: SagaCosts): string {
  return markdownTable(
    ['cost', 'client ms', 'server ms', 'log'],
    [
      ['a statement', fixed(costs.clientStatementMs, 4), fixed(costs.serverStatementMs, 4), '-'],
      [
        'a row in it',
        fixed(costs.clientRowMs, 4),
        fixed(costs.serverRowMs, 4),
        `${whole(costs.walRowBytes)} bytes`,
      ],
      ['a flush', '-', '-', `${fixed(costs.flushMs)} ms`],
    ],
  );
}

function checkTable(checks: readonly ModelCheck[]): string {
  const rows = checks.map(({ scenario, measured, simulated, isFitted }) => [
    `${scenario}, ${whole(measured.atOnce)} at once`,
    isFitted ? 'yes' : 'no',
    whole(measured.sagasPerSecond),
    whole(simulated.sagasPerSecond),
    fixed(simulated.sagasPerSecond / measured.sagasPerSecond),
    fixed(measured.p50Ms),
    fixed(simulated.p50Ms),
  ]);
  const heads = ['load', 'fitted to', 'sagas/s', 'simulated', 'ratio', 'p50 ms', 'simulated p50'];
  return markdownTable(heads, rows);
}

function capacityTable(costs: SagaCosts): string {
  const rows = servers.map((server) => {
    const capacity = capacityOf(costs, server, { writes: writesOf(usualShape), rowsInStatement });
    return [
      `${server.cores} cores, log disk ${whole(server.logBytesPerSecond / megabyte)} MB/s`,
      whole(capacity.sagasPerSecond),
      capacity.bottleneck,
      megabytes(capacity.logBytesPerSecond),
      whole(capacity.processes),
    ];
  });
  return markdownTable(['database server', 'sagas/s', 'first at its end', 'log MB/s', 'processes'], rows);
}
