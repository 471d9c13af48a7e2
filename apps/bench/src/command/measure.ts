import { ContestantName } from '../contestants/contestant.js';
import { guardsOf } from '../report/guards.js';
import { reportOf, targetTable } from '../report/report.js';
import { isReached } from '../report/targets.js';
import { startBenchServer } from '../server/bench-server.js';
import { measureFlushMs } from '../server/flush-time.js';
import type { BenchResults } from './bench-results.js';
import { installPeer } from './install-peer.js';
import { describeMachine, readVersions } from './machine.js';
import type { BenchOptions, BenchPart } from './options.js';
import { partsOf, planOf } from './plan.js';
import type { BenchPlan } from './plan.js';
import { writeResults } from './results-file.js';
import { runPlan } from './run-plan.js';

/**
 * Measures the parts in the options. Progress goes to standard error, the report to standard output, and samples to a
 * file. If a guard misses one of its bounds, the exit code is 1.
 */
export async function measure(options: BenchOptions, commandLine: readonly string[]): Promise<void> {
  const parts = partsOf(options);
  const isChosen = (part: BenchPart) => parts.includes(part);
  const plan = planOf(options);
  const machine = describeMachine();
  const startedAt = new Date();
  const hasPeer = needsPeer(plan, isChosen) ? installPeer() : false;
  const server = await startBenchServer();
  try {
    const flushMs = measureFlushMs(server.dataDirectory);
    const settings = await server.readSettings();
    const measured = await runPlan(plan, server, { isChosen, hasPeer, log: console.error });
    const results = {
      command: ['npm run bench', ...(commandLine.length > 0 ? ['--', ...commandLine] : [])].join(' '),
      startedAt: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1_000),
      machine,
      server: settings,
      versions: readVersions(hasPeer),
      flushMs,
      ...measured,
    };
    const file = writeResults(results, options.output);
    console.log(reportOf(results));
    console.error(`Raw samples: ${file}`);
    if (options.isGuard) guard(results);
  } finally {
    await server.stop();
  }
}

function needsPeer(plan: BenchPlan, isChosen: (part: BenchPart) => boolean): boolean {
  const scenarios = [
    ...(isChosen('comparison') ? [plan.comparison] : []),
    ...(isChosen('shapes') ? plan.shapes : []),
  ];
  return scenarios.some(({ contestants }) => contestants.includes(ContestantName.Dbos));
}

function guard(results: BenchResults): void {
  const bounds = guardsOf(results);
  console.log(`\n#### Bounds that hold on any machine\n\n${targetTable(bounds)}`);
  if (!bounds.every((bound) => isReached(bound))) process.exitCode = 1;
}
