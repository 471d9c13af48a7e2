import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LoadedSaga } from '@nest-saga/core';
import { isError } from '@nest-saga/core/engine';
import { CommandError } from './command-error.js';
import type { CommandSurroundings, ExitCode } from './command-surroundings.js';

const storagePackage = '@nest-saga/typeorm';

/** The part of a storage package that this command uses. */
export interface StorageCommands {
  runCommand(
    commandArguments: readonly string[],
    environment: CommandSurroundings['environment'],
    output: Pick<CommandSurroundings, 'out' | 'error'>,
  ): Promise<ExitCode>;
  loadSaga(
    sagaId: string,
    where: { readonly url: string; readonly schema: string | undefined },
  ): Promise<LoadedSaga | undefined>;
}

/**
 * Imports the commands of the storage package.
 *
 * @param command The command as the user typed it, for the message.
 * @throws CommandError if that package is not installed.
 */
export async function importStorageCommands(command: string, directory: string): Promise<StorageCommands> {
  const file = findStorageCommands(directory);
  if (file === undefined) {
    throw new CommandError(
      `"nest-saga ${command}" is part of ${storagePackage}, which is not installed here. ` +
        `Run it in the directory of the application, or install it: npm install ${storagePackage}`,
    );
  }
  return (await import(pathToFileURL(file).href)) as StorageCommands;
}

// The user's directory comes first: a package manager may hide from this package everything that it does not depend on.
function findStorageCommands(directory: string): string | undefined {
  try {
    return createRequire(join(directory, 'package.json')).resolve(`${storagePackage}/cli`, {
      paths: [directory, import.meta.dirname],
    });
  } catch (error) {
    if (isError(error) && Reflect.get(error, 'code') === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
