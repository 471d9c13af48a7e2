import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** The machine of a run. */
export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** The load average of the last minute before the run: near or over 1, other programs were running. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    system: `${type()} ${release()}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** The versions of the packages that the numbers depend on. */
export function readVersions(hasPeer: boolean): Readonly<Record<string, string>> {
  const names = ['@nest-saga/core', '@nestjs/core', 'typeorm', 'pg'];
  const versions = Object.fromEntries(names.map((name) => [name, versionOf(name, import.meta.url)]));
  const peer = new URL('../../peers/dbos/contestant.mjs', import.meta.url).href;
  return {
    node: process.version,
    ...versions,
    ...(hasPeer ? { '@dbos-inc/dbos-sdk': versionOf('@dbos-inc/dbos-sdk', peer) } : {}),
  };
}

function versionOf(name: string, from: string): string {
  const require = createRequire(from);
  const folder = require.resolve.paths(name)?.map((path) => `${path}/${name}/package.json`) ?? [];
  for (const file of folder) {
    const version = tryVersion(file);
    if (version !== undefined) return version;
  }
  return 'unknown';
}

function tryVersion(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}
