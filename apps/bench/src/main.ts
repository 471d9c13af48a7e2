import { measure } from './command/measure.js';
import { parseOptions, usage } from './command/options.js';
import { readResults } from './command/results-file.js';
import { reportOf } from './report/report.js';

/**
 * Measures the cost of sagas: `npm run bench`, `npm run bench -- --short`; with `--report=<file>` it only prints the
 * report of existing results.
 */
const commandLine = process.argv.slice(2);
if (commandLine.includes('--help')) console.log(usage());
else await run();

async function run(): Promise<void> {
  const options = parseOptions(commandLine);
  if (options.report === undefined) await measure(options, commandLine);
  else console.log(reportOf(readResults(options.report)));
}
