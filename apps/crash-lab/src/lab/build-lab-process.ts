import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The program of a lab process in one file, so that starting one is cheap: the lab starts hundreds. */
export interface LabProgram {
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles `lab-process.ts` and the workspaces it uses, from their sources. */
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
    external: ['typeorm', 'pg', '@nestjs/*', 'rxjs', 'reflect-metadata', 'fast-check'],
    logLevel: 'error',
  });
  return { file, remove: () => rm(file, { force: true }) };
}
