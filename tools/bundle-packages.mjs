/**
 * Bundles the compiled files of each package into one file for each entry point, and further files for their common
 * parts: Node needs a third of a millisecond for each file it loads, however small, and the packages have two hundred.
 * Run it after `tsc -b`.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildOperationsPage } from './build-operations-page.mjs';
import { bundledPackages } from './bundled-packages.mjs';

for (const { directory, entries } of bundledPackages) {
  const compiled = `${directory}/dist/unbundled`;
  const target = `${directory}/dist`;
  const outputFiles = directory === 'packages/core' ? await inOneFile() : await inChunks();
  const made = new Set(outputFiles.map(({ path }) => relative(target, path)));
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  // The files of an earlier build.
  const files = readdirSync(target, { recursive: true, encoding: 'utf8' });
  const left = files.filter(
    (file) => /\.js(\.map)?$/.test(file) && !/^(unbundled|page)\b/.test(file) && !made.has(file),
  );
  for (const file of left) rmSync(`${target}/${file}`);

  /** Each entry point with its own part, and a file for each set of entry points that have a common part. */
  async function inChunks() {
    const { outputFiles: chunks } = await build({
      ...settings(),
      entryPoints: entries.map((entry) => `${compiled}/${entry}.js`),
      outbase: compiled,
      outdir: target,
      splitting: true,
      chunkNames: 'shared/[name]-[hash]',
    });
    return chunks;
  }

  /**
   * Everything in one file, and entry points that re-export their part of it: every application loads nearly all of it.
   */
  async function inOneFile() {
    const whole = `${target}/shared/whole.js`;
    const { outputFiles: parts } = await build({
      ...settings(),
      stdin: {
        contents: entries.map((entry) => `export * from './${entry}.js';`).join('\n'),
        resolveDir: compiled,
      },
      outfile: whole,
    });
    const stubs = entries.map(async (entry) => {
      const names = Object.keys(await import(pathToFileURL(resolve(`${compiled}/${entry}.js`)).href));
      return {
        path: resolve(`${target}/${entry}.js`),
        contents: `export {\n  ${names.join(',\n  ')},\n} from "./shared/whole.js";\n`,
      };
    });
    return [...parts, ...(await Promise.all(stubs))];
  }

  function settings() {
    return {
      write: false,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // The bundler renames decorated classes, whose names Nest shows. Keeping the names costs a call for each function
      // that is created, so it is off for the packages that have no such classes.
      keepNames: directory === 'packages/nestjs' || directory === 'packages/operations',
      sourcemap: true,
      // The sources are published.
      sourcesContent: false,
      logLevel: 'warning',
    };
  }
}

await buildOperationsPage();
