import type { BenchResults } from '../command/bench-results.js';
import { fixed, whole } from './figures.js';
import { findings, soakTable } from './findings.js';
import { loadTable } from './load-table.js';
import { markdownTable } from './markdown-table.js';
import { modelReport } from './model-report.js';
import { isReached, targetsOf } from './targets.js';
import type { Target } from './targets.js';

/** A run as Markdown: its machine, the targets, and all tables. */
export function reportOf(results: BenchResults): string {
  const scenarios = [...new Set(results.load.map(({ scenario }) => scenario))];
  return [
    `### ${results.command}`,
    surroundings(results),
    '#### Targets',
    targetTable(targetsOf(results)),
    ...scenarios.flatMap((scenario) => [
      `#### ${headline(scenario, results)}`,
      loadTable(results.load, scenario),
    ]),
    ...(results.soaks.length > 0 ? ['#### Many sagas in one process', soakTable(results)] : []),
    ...findings(results),
    ...modelReport(results),
  ].join('\n\n');
}

function surroundings({ startedAt, seconds, machine, server, versions, flushMs }: BenchResults): string {
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  return [
    `- ${startedAt}, ${whole(seconds)} s`,
    `- ${machine.cores} cores (${machine.processor}) for client and server together, ${machine.memoryGb} GB, ${machine.system}`,
    `- load before the run ${fixed(machine.loadBefore)}; a page is durable in ${fixed(flushMs)} ms (median)`,
    `- ${pairs(versions)}`,
    `- ${pairs(server)}`,
  ].join('\n');
}

function headline(scenario: string, { finishedSagas }: BenchResults): string {
  return scenario.startsWith('many finished') && finishedSagas !== null
    ? `${scenario} (${whole(finishedSagas)})`
    : scenario;
}

/** Bounds with the values of a run. */
export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { what, bound, measured, unit } = target;
    const [word, value] = 'atLeast' in bound ? ['at least', bound.atLeast] : ['at most', bound.atMost];
    const reached = isReached(target);
    const digits = Math.abs(value) >= 50 ? whole : (figure: number) => fixed(figure);
    return [
      what,
      `${word} ${digits(value)} ${unit}`,
      measured === undefined ? '-' : digits(measured),
      reached === undefined ? '-' : reached ? 'reached' : 'missed',
    ];
  });
  return markdownTable(['target', 'bound', 'measured', ''], rows);
}
