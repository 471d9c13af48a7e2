import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommandSurroundings, ExitCode } from '../command-surroundings.js';
import { diagramUsage, parseDiagramCommandLine } from './diagram-command-line.js';
import { drawDiagrams } from './draw-diagrams.js';
import type { DrawnDiagram } from './draw-diagrams.js';
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
  const rootModule = await importRootModule(line.file, surroundings.directory, line.exportName);
  const { definitions, hasModuleOptions } = await findSagas(rootModule);
  const diagrams = drawDiagrams(selectSagas(definitions, line), line.kinds);
  if (!hasModuleOptions) {
    surroundings.error(
      'SagaModule gets its options from a factory, which is not called here: policies that stand only there are not drawn.',
    );
  }
  if (line.outputDirectory === undefined) surroundings.out(toText(diagrams));
  else await writeDiagrams(diagrams, line.outputDirectory, surroundings);
  return 0;
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
