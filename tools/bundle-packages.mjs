/**
 * Makes of the compiled files of each package one file for an entry point, and others for what they share: Node needs a
 * third of a millisecond for each file it loads, however small, and the packages have two hundred. Run it after `tsc -b`.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages } from './bundled-packages.mjs';

for (const { directory, entries } of bundledPackages) {
  const compiled = `${directory}/dist/unbundled`;
  const target = `${directory}/dist`;
  const { outputFiles } = await build({
    entryPoints: entries.map((entry) => `${compiled}/${entry}.js`),
    outbase: compiled,
    outdir: target,
    write: false,
    bundle: true,
    splitting: true,
    chunkNames: 'shared/[name]-[hash]',
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The bundler renames classes that are decorated, whose names Nest shows. It is a call for each function that is made,
    // so the packages that have no such classes do without.
    keepNames: directory === 'packages/nestjs',
    sourcemap: true,
    // The sources are published.
    sourcesContent: false,
    logLevel: 'warning',
  });
  const made = new Set(outputFiles.map(({ path }) => relative(target, path)));
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  // What an earlier build left.
  const files = readdirSync(target, { recursive: true, encoding: 'utf8' });
  const left = files.filter(
    (file) => /\.js(\.map)?$/.test(file) && !file.startsWith('unbundled') && !made.has(file),
  );
  for (const file of left) rmSync(`${target}/${file}`);
}
