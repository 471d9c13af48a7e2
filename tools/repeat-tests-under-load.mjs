// Runs the tests again and again beside a load on every core, and lists the tests that failed, with their runs: a test that fails
// even once depends on the load of the machine, and has to be fixed.
//
//   npm run test:under-load                                  everything, ten times
//   npm run test:under-load -- --times 3 packages/typeorm    the tests that Jest selects by these words, three times
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const { times, selection } = readArguments(process.argv.slice(2));
const directory = await mkdtemp(join(tmpdir(), 'nest-saga-repeated-'));
const load = Array.from({ length: availableParallelism() }, keepOneCoreBusy);
const failedIn = new Map();
try {
  for (let run = 1; run <= times; run++) {
    const { passed, failures } = await runTests(run);
    for (const title of failures) failedIn.set(title, [...(failedIn.get(title) ?? []), run]);
    console.log(`run ${run} of ${times}: ${passed} passed, ${failures.length} failed`);
  }
} finally {
  for (const child of load) child.kill();
  await rm(directory, { recursive: true, force: true });
}
for (const [title, runs] of failedIn) console.log(`failed in run ${runs.join(', ')}: ${title}`);
process.exitCode = failedIn.size > 0 ? 1 : 0;

function readArguments(given) {
  const at = given.indexOf('--times');
  if (at === -1) return { times: 10, selection: given };
  const times = Number(given[at + 1]);
  if (!Number.isInteger(times) || times < 1) throw new Error('--times takes a whole number from 1');
  return { times, selection: given.toSpliced(at, 2) };
}

/** A process that only uses the CPU. It ends when this process ends, for any reason. */
function keepOneCoreBusy() {
  const work = 'const owner = process.ppid; while (process.ppid === owner);';
  return spawn(process.execPath, ['--eval', work], { stdio: 'ignore' });
}

async function runTests(run) {
  const file = join(directory, `${run}.json`);
  const child = spawn('npm', ['test', '--', ...selection, '--json', '--outputFile', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // A group of its own, so that npm, Jest and its workers end together.
    detached: true,
  });
  const stop = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  await new Promise((resolve) => child.once('close', resolve));
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
  const written = await readFile(file, 'utf8').catch(() => undefined);
  if (written === undefined) return { passed: 0, failures: ['npm test: it did not run to its end'] };
  const { numPassedTests: passed, testResults } = JSON.parse(written);
  return { passed, failures: testResults.flatMap(failuresOf) };
}

/** A file that could not be run has no failed tests of its own, and counts as one failure. */
function failuresOf({ name, status, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`${file}: it did not run to its end`] : [];
  return failed.map(({ fullName }) => `${file}: ${fullName}`);
}
