import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { CommandError } from '../command-error.js';
import type { RootModule } from './root-module.js';
import { findRootModule } from './root-module.js';

/**
 * Imports the file of an application's root module, an ES module or CommonJS.
 *
 * @throws CommandError if the file does not exist, cannot be imported or does not have such a module.
 */
export async function importRootModule(
  file: string,
  directory: string,
  exportName: string | undefined,
): Promise<RootModule> {
  const path = resolve(directory, file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new CommandError(
      `There is no file ${path}. Build the application, and pass the compiled file of its root module.`,
    );
  }
  return findRootModule(await importFile(path), file, exportName);
}

async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const remedy = /\.[cm]?ts$/.test(path) ? ' Pass the compiled file, for example dist/app.module.js.' : '';
    throw new CommandError(`${path} cannot be imported.${remedy}\n\n${inspect(error)}`);
  }
}
