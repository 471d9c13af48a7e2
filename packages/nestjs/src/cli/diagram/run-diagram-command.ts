import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SagaDefinition } from '@nest-saga/core';
import type { CommandSurroundings, ExitCode } from '../command-surroundings.js';
import { diagramUsage, parseDiagramCommandLine } from './diagram-command-line.js';
import { drawDiagrams } from './draw-diagrams.js';
import type { DrawnDiagram } from './draw-diagrams.js';
import { drawExecution } from './draw-execution.js';
import { findSagas } from './find-sagas.js';
import { importRootModule } from './import-root-module.js';
import { selectSagas } from './select-sagas.js';

/**
 * Runs `nest-saga diagram`.
 *
 * @throws CommandError
 * @throws SagaDefinitionError
 */
export async function runDiagramCommand(
  commandArguments: readonly string[],
  surroundings: CommandSurroundings,
): Promise<ExitCode> {
  const line = parseDiagramCommandLine(commandArguments);
  if (line === undefined) {
    surroundings.out(diagramUsage);
    return 0;
  }
  const found = line.file === undefined ? undefined : await findIn(line.file, line.exportName, surroundings);
  const diagrams =
    line.execution === undefined
      ? drawDiagrams(selectSagas(found ?? [], line), line.kinds)
      : [await drawExecution(line.execution, found ?? [], surroundings)];
  if (line.outputDirectory === undefined) surroundings.out(toText(diagrams));
  else await writeDiagrams(diagrams, line.outputDirectory, surroundings);
  return 0;
}

async function findIn(
  file: string,
  exportName: string | undefined,
  { directory, error }: CommandSurroundings,
): Promise<readonly SagaDefinition[]> {
  const { definitions, hasModuleOptions } = await findSagas(
    await importRootModule(file, directory, exportName),
  );
  if (!hasModuleOptions) {
    error(
      'SagaModule gets its options from a factory, which is not called here: policies that only the factory sets are not drawn.',
    );
  }
  return definitions;
}

function toText(diagrams: readonly DrawnDiagram[]): string {
  const [only] = diagrams;
  if (only !== undefined && diagrams.length === 1) return only.text.trimEnd();
  return diagrams
    .map(({ title, text }) => `## ${title}\n\n\`\`\`mermaid\n${text.trimEnd()}\n\`\`\``)
    .join('\n\n');
}

async function writeDiagrams(
  diagrams: readonly DrawnDiagram[],
  outputDirectory: string,
  { directory, out }: CommandSurroundings,
): Promise<void> {
  await mkdir(resolve(directory, outputDirectory), { recursive: true });
  for (const { fileName, text } of diagrams) {
    const file = join(outputDirectory, fileName);
    await writeFile(resolve(directory, file), text);
    out(file);
  }
}
