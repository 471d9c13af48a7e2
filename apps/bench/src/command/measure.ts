import { reportOf } from '../report/report.js';
import { startBenchServer } from '../server/bench-server.js';
import { measureFlushMs } from '../server/flush-time.js';
import { installPeer } from './install-peer.js';
import { describeMachine, readVersions } from './machine.js';
import type { BenchOptions, BenchPart } from './options.js';
import { planOf } from './plan.js';
import { writeResults } from './results-file.js';
import { runPlan } from './run-plan.js';

/** Measures what the options say. Progress goes to standard error, the report to standard output, samples to a file. */
export async function measure(options: BenchOptions, commandLine: readonly string[]): Promise<void> {
  const isChosen = (part: BenchPart) => options.only?.includes(part) ?? true;
  const machine = describeMachine();
  const startedAt = new Date();
  const hasPeer = isChosen('comparison') || isChosen('shapes') ? installPeer() : false;
  const server = await startBenchServer();
  try {
    const flushMs = measureFlushMs(server.dataDirectory);
    const settings = await server.readSettings();
    const measured = await runPlan(planOf(options), server, { isChosen, hasPeer, log: console.error });
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
  } finally {
    await server.stop();
  }
}
