import { measure } from './command/measure.js';
import { parseOptions } from './command/options.js';
import { readResults } from './command/results-file.js';
import { reportOf } from './report/report.js';

/**
 * What a saga costs: `npm run bench`, `npm run bench -- --short`; with `--report=<file>` only the report on results
 * that are there already.
 */
const commandLine = process.argv.slice(2);
const options = parseOptions(commandLine);
if (options.report === undefined) await measure(options, commandLine);
else console.log(reportOf(readResults(options.report)));
