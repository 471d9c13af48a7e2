import { executionDiagram } from '@nest-saga/core/diagrams';
import { isError } from '@nest-saga/core/engine';
import type { LoadedSaga, SagaDefinition } from '@nest-saga/core';
import { CommandError } from '../command-error.js';
import type { CommandSurroundings } from '../command-surroundings.js';
import { importStorageCommands } from '../storage-commands.js';
import { UsageError } from '../usage-error.js';
import { diagramUsage } from './diagram-command-line.js';
import type { ExecutionToDraw } from './diagram-command-line.js';
import type { DrawnDiagram } from './draw-diagrams.js';

/**
 * Draws one execution from its journal in PostgreSQL.
 *
 * @param definitions The sagas of the application, if its module is given: they have the steps that have not run yet.
 * @throws UsageError if the URL of the database is missing.
 * @throws CommandError if the execution cannot be read or does not exist.
 */
export async function drawExecution(
  execution: ExecutionToDraw,
  definitions: readonly SagaDefinition[],
  surroundings: CommandSurroundings,
): Promise<DrawnDiagram> {
  const { header, entries } = await load(execution, surroundings);
  const { saga, version, sagaId } = header;
  const definition = definitions.find((one) => one.name === saga && one.version === version);
  return {
    title: `${saga}, version ${version}, execution ${sagaId}`,
    fileName: `${encodeURIComponent(saga)}.${sagaId}.execution.mmd`,
    text: executionDiagram(header, entries, definition),
  };
}

async function load(execution: ExecutionToDraw, surroundings: CommandSurroundings): Promise<LoadedSaga> {
  const { sagaId, schema } = execution;
  const url = execution.url ?? surroundings.environment['DATABASE_URL'] ?? '';
  if (url === '') throw new UsageError('Say which database: set DATABASE_URL, or pass --url.', diagramUsage);
  const { loadSaga } = await importStorageCommands('diagram --execution', surroundings.directory);
  const loaded = await loadSaga(sagaId, { url, schema }).catch((error: unknown) => {
    throw new CommandError(
      `The saga ${sagaId} cannot be read: ${isError(error) ? error.message : String(error)}`,
    );
  });
  if (loaded === undefined)
    throw new CommandError(`There is no saga ${sagaId} in this database. Look at --url and --schema.`);
  return loaded;
}
