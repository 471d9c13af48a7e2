/**
 * Builds the script and the style sheet of the operations page: one file each, without a source map, because the page
 * allows nothing to be loaded that it does not need.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../packages/operations/', import.meta.url));
const target = `${root}dist/page`;

export async function buildOperationsPage() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: 'page/main.tsx' },
    outdir: target,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
  mkdirSync(target, { recursive: true });
  for (const { path, contents } of outputFiles) {
    // A reader never sees half a file, even if several tests build the page at once.
    const made = `${path}.${process.pid}`;
    writeFileSync(made, contents);
    renameSync(made, path);
  }
}
