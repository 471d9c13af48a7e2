/**
 * Checks that a bundled package matches its compiled files: each entry point has the same exports, classes and
 * functions have the same names, and an application that starts loads only a few files of it.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledPackages } from './bundled-packages.mjs';

const maximumFiles = 4;

for (const { directory, entries } of bundledPackages) {
  for (const entry of entries) {
    // The command would run when it is imported.
    if (entry === 'cli/main') continue;
    const bundled = `${directory}/dist/${entry}.js`;
    const [found, expected] = await Promise.all(
      [bundled, `${directory}/dist/unbundled/${entry}.js`].map(async (file) =>
        describe(await import(pathToFileURL(resolve(file)).href)),
      ),
    );
    const files = filesLoadedBy(bundled).size;
    const isFine = found === expected && files <= maximumFiles;
    console.log(`${isFine ? 'ok    ' : 'failed'} bundle ${bundled}: ${files} files`);
    if (isFine) continue;
    process.exitCode = 1;
    if (found !== expected) console.error(`It exports\n${found}\ninstead of\n${expected}`);
  }
}

function describe(exported) {
  return Object.entries(exported)
    .map(([name, value]) => `${name}: ${typeof value} ${typeof value === 'function' ? value.name : ''}`)
    .toSorted()
    .join('\n');
}

function filesLoadedBy(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, imported] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|\} from) ?(?:[^'";]* from )?"(\.[^"]+)"/gm,
  ))
    filesLoadedBy(join(dirname(file), imported), seen);
  return seen;
}
