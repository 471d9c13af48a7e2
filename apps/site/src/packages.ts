import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The root of the repository. */
export const repository = resolve(import.meta.dirname, '../../..');

/** One entry point of a published package. */
export interface EntryPoint {
  /** As it is imported, for example `@nest-saga/core/engine`. */
  readonly name: string;
  /** The source file of its exports. */
  readonly file: string;
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** The entry points of all published packages, in the order of their names. */
export function entryPoints(): readonly EntryPoint[] {
  const packages = join(repository, 'packages');
  return readdirSync(packages)
    .filter((folder) => existsSync(join(packages, folder, 'package.json')))
    .flatMap((folder) => {
      const text = readFileSync(join(packages, folder, 'package.json'), 'utf8');
      const { name, exports } = JSON.parse(text) as Manifest;
      return Object.entries(exports).flatMap(([path, target]) => {
        const source = typeof target === 'string' ? undefined : target['@nest-saga/source'];
        return source === undefined
          ? []
          : [{ name: name + path.slice(1), file: join(packages, folder, source) }];
      });
    });
}
