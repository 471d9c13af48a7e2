import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';

/** The program of a lab process in one file, so that it starts quickly: the lab starts hundreds of processes. */
export interface LabProgram {
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles `lab-process.ts` with all its imports, the workspaces from their sources. */
export async function buildLabProcess(): Promise<LabProgram> {
  const directory = new URL('../../dist/', import.meta.url);
  await mkdir(directory, { recursive: true });
  const file = fileURLToPath(new URL(`lab-process-${process.pid}-${Date.now()}.mjs`, directory));
  await build({
    entryPoints: [fileURLToPath(new URL('lab-process.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    conditions: ['@nest-saga/source'],
    // The process does not use them.
    external: ['@nestjs/*', 'fast-check'],
    plugins: [withoutTheUninstalled],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return { file, remove: () => rm(file, { force: true }) };
}

/** TypeORM imports the drivers of other databases only if they are used. */
const withoutTheUninstalled: Plugin = {
  name: 'without the uninstalled',
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === isAsked) return undefined;
      const { errors } = await resolve(path, { kind, importer, resolveDir, pluginData: isAsked });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};

const isAsked = Symbol('resolved by esbuild itself');
