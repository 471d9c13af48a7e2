/** Prints the sum of a Jest run from its JSON file. A suite that could not run counts as one failure. */
import { readFileSync } from 'node:fs';

const [, , file = ''] = process.argv;
const text = readFileSync(file, 'utf8');
const run = text === '' ? { numRuntimeErrorTestSuites: 1 } : JSON.parse(text);

const passed = run.numPassedTests ?? 0;
const failed = (run.numFailedTests ?? 0) + (run.numRuntimeErrorTestSuites ?? 0);
const skipped = (run.numPendingTests ?? 0) + (run.numTodoTests ?? 0);

console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
