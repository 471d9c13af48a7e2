import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchResults } from './bench-results.js';

const directory = fileURLToPath(new URL('../../results/', import.meta.url));

/** The results that docs/performance.md quotes. */
export const quotedResultsFile = join(directory, 'quoted.json');

/** Writes the raw samples of a run and returns the name of the file. */
export function writeResults(results: BenchResults, output: string | undefined): string {
  const file = output ?? join(directory, `${results.startedAt.replaceAll(/[:.]/g, '-')}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  return file;
}

/** Reads the results of a run. */
export function readResults(file: string): BenchResults {
  return JSON.parse(readFileSync(file, 'utf8')) as BenchResults;
}
