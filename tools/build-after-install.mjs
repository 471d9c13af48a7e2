/**
 * Builds the packages after `npm ci`. An install without the development tools has no compiler and skips it. A type
 * error is reported and left to `npm run types`, so that a broken edit never blocks an install.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const bundler = 'tools/bundle-packages.mjs';
const compiler = 'node_modules/@typescript/native/bin/tsc';

if (existsSync(compiler)) {
  const projects = ['packages', 'libs']
    .flatMap((group) => readdirSync(group).map((name) => `${group}/${name}/tsconfig.build.json`))
    .filter((project) => existsSync(project));
  const run = (...program) => spawnSync(process.execPath, program, { stdio: 'inherit' }).status === 0;
  const isCompiled = run(compiler, '-b', ...projects);
  if (!run(bundler) || !isCompiled)
    console.warn('The packages were not built completely: run `npm run types`.');
}
