import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LoadedSaga, SagaStorage } from '@nest-saga/core';
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
  /** Opens the storage itself, with a pool of its own. Closing it ends the pool. */
  openStorage(where: { readonly url: string; readonly schema: string | undefined }): Promise<SagaStorage>;
}

/**
 * Imports the commands of the storage package.
 *
 * @param command The command as the user typed it, for the message.
 * @throws CommandError if that package is not installed.
 */
export async function importStorageCommands(command: string, directory: string): Promise<StorageCommands> {
  const file = findInstalled(`${storagePackage}/cli`, directory);
  if (file === undefined) {
    throw new CommandError(
      `"nest-saga ${command}" is part of ${storagePackage}, which is not installed here. ` +
        `Run it in the directory of the application, or install it: npm install ${storagePackage}`,
    );
  }
  return (await import(pathToFileURL(file).href)) as StorageCommands;
}

/**
 * Imports an entry point of a package as the application in a directory imports it.
 *
 * @throws CommandError if it is not installed.
 */
export async function importInstalled<Exports>(entryPoint: string, directory: string): Promise<Exports> {
  const file = findInstalled(entryPoint, directory);
  if (file === undefined) throw new CommandError(`${entryPoint} is not installed in ${directory}.`);
  return (await import(pathToFileURL(file).href)) as Exports;
}

// The user's directory comes first: a package manager may hide from this package everything that it does not depend on.
function findInstalled(entryPoint: string, directory: string): string | undefined {
  try {
    return createRequire(join(directory, 'package.json')).resolve(entryPoint, {
      paths: [directory, import.meta.dirname],
    });
  } catch (error) {
    if (isError(error) && Reflect.get(error, 'code') === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
