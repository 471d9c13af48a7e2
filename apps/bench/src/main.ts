import { describeMachine, readVersions } from './command/machine.js';
import { installPeer } from './command/install-peer.js';
import { parseOptions } from './command/options.js';
import { planOf } from './command/plan.js';
import { writeResults } from './command/results-file.js';
import { runPlan } from './command/run-plan.js';
import { reportOf } from './report/report.js';
import { startBenchServer } from './server/bench-server.js';
import { measureFlushMs } from './server/flush-time.js';

/**
 * Measures what a saga costs: `npm run bench`, `npm run bench -- --short`. Progress goes to standard error, the report
 * to standard output, raw samples to a file.
 */
const commandLine = process.argv.slice(2);
const options = parseOptions(commandLine);
const isChosen = (part: (typeof options.only & object)[number]) => options.only?.includes(part) ?? true;
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
  console.log(reportOf(results));
  console.error(`Raw samples: ${writeResults(results, options.output)}`);
} finally {
  await server.stop();
}
