// The tests as part of `npm run verify`. CI runs them first, as a separate step, for the counts, and sets a variable so
// that they are not repeated.
import { spawnSync } from 'node:child_process';

if (process.env.NEST_SAGA_TESTS_PASSED === '1') {
  console.log('tests: passed in this run before, not repeated (NEST_SAGA_TESTS_PASSED=1)');
} else {
  const { status } = spawnSync('npm', ['test'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
