import type { INestApplicationContext, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isError, markCommandProcess } from '@nest-saga/core/engine';
import type { SagaStorage } from '@nest-saga/core';
import { CommandError } from '../command-error.js';
import type { CommandSurroundings } from '../command-surroundings.js';
import { importRootModule } from '../diagram/import-root-module.js';
import type { RootModule } from '../diagram/root-module.js';
import type { SagaCatalog } from '../../catalog/saga.catalog.js';
import type { SagaModule } from '../../saga.module.js';
import type { SagaOperator } from '../../saga.operator.js';
import type { SagaOrchestrator } from '../../saga.orchestrator.js';
import type { SagaRuntime } from '../../runtime/saga.runtime.js';
import { importInstalled } from '../storage-commands.js';

/** The parts of an application that verbs use. */
export interface OpenApplication {
  readonly operator: SagaOperator;
  readonly sagas: SagaOrchestrator;
  readonly runtime: SagaRuntime;
  close(): Promise<void>;
}

/**
 * Loads an application, in this process, as one that runs no sagas: its modules are initialized, but it does not listen, does not work
 * as a worker, and changes no tables.
 *
 * @throws CommandError if the file has no such module. The errors of the application.
 */
export async function openApplication(
  file: string,
  exportName: string | undefined,
  surroundings: CommandSurroundings,
): Promise<OpenApplication> {
  markCommandProcess();
  return open(await importRootModule(file, surroundings.directory, exportName), surroundings);
}

/**
 * Makes an application without sagas on a storage, for verbs that read or delete.
 *
 * @throws The errors of the storage.
 */
export async function openStorage(
  storage: SagaStorage,
  surroundings: CommandSurroundings,
): Promise<OpenApplication> {
  markCommandProcess();
  const { SagaModule: module } = await importPackage(surroundings);
  return open(module.forRoot({ storage, worker: false }), surroundings);
}

interface NestSaga {
  readonly SagaModule: typeof SagaModule;
  readonly SagaOperator: typeof SagaOperator;
  readonly SagaOrchestrator: typeof SagaOrchestrator;
  readonly SagaCatalog: typeof SagaCatalog;
}

async function open(root: RootModule, surroundings: CommandSurroundings): Promise<OpenApplication> {
  const { SagaOperator: operator, SagaOrchestrator: sagas } = await importPackage(surroundings);
  const { SagaRuntime: runtime } = await importInstalled<{ readonly SagaRuntime: typeof SagaRuntime }>(
    '@nest-saga/nestjs/operations-kit',
    surroundings.directory,
  );
  const app = await NestFactory.createApplicationContext(root, {
    abortOnError: false,
    logger: loggerFor(surroundings),
  });
  return {
    operator: partOf(app, operator),
    sagas: partOf(app, sagas),
    runtime: partOf(app, runtime),
    close: () => app.close(),
  };
}

// The copy of the package that the application uses: its classes are the tokens of its providers.
function importPackage({ directory }: CommandSurroundings): Promise<NestSaga> {
  return importInstalled<NestSaga>('@nest-saga/nestjs', directory);
}

function partOf<Part>(app: INestApplicationContext, token: abstract new (...args: never[]) => Part): Part {
  try {
    return app.get<Part>(token, { strict: false });
  } catch (error) {
    throw new CommandError(
      `The application does not import SagaModule, or uses another copy of @nest-saga/nestjs. ${isError(error) ? error.message : ''}`,
    );
  }
}

/** Standard output has the result alone; warnings and errors go to the other output. */
function loggerFor({ error }: CommandSurroundings): LoggerService {
  const line = (message: unknown): void => error(String(message));
  return {
    log: () => undefined,
    error: line,
    fatal: line,
    warn: line,
    debug: () => undefined,
    verbose: () => undefined,
  };
}
