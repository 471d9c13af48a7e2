/** Checks each package as its users receive it: its contents (publint) and its types (attw). */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const packages = readdirSync('packages').map((name) => `packages/${name}`);
const checks = packages.flatMap((directory) => [
  ['publint', directory, '--strict'],
  ['attw', '--pack', directory, '--profile', 'esm-only', '--no-emoji'],
]);

for (const [program, ...parameters] of checks) {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${program}`, parameters, {
    encoding: 'utf8',
  });
  console.log(`${status === 0 ? 'ok    ' : 'failed'} ${program} ${parameters.join(' ')}`);
  if (status === 0) continue;
  console.error(stdout, stderr);
  process.exitCode = 1;
}
