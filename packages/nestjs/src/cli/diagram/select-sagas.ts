import type { SagaDefinition } from '@nest-saga/core';
import { CommandError } from '../command-error.js';
import type { DiagramCommandLine } from './diagram-command-line.js';

/**
 * Selects the sagas with a name and a version, sorted by name and version.
 *
 * @throws CommandError if there is none; the message lists the existing ones.
 */
export function selectSagas(
  definitions: readonly SagaDefinition[],
  { saga, version }: Pick<DiagramCommandLine, 'saga' | 'version'>,
): readonly SagaDefinition[] {
  const inOrder = [...definitions].sort(
    (one, other) => compareTexts(one.name, other.name) || one.version - other.version,
  );
  if (inOrder.length === 0) {
    throw new CommandError(
      'There is no saga in this module: no class with @Saga() is among the providers of it or of a module that it ' +
        'imports. If there is one, this command is not the installation that the application uses: run it with npx ' +
        'in the directory of the application.',
    );
  }
  const selected = inOrder.filter(
    (one) => (saga === undefined || one.name === saga) && (version === undefined || one.version === version),
  );
  if (selected.length > 0) return selected;
  const asked = [
    ...(saga === undefined ? [] : [`"${saga}"`]),
    ...(version === undefined ? [] : [`version ${version}`]),
  ];
  throw new CommandError(`There is no saga ${asked.join(' ')}. There are: ${inOrder.map(show).join(', ')}.`);
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function show({ name, version }: SagaDefinition): string {
  return `"${name}" version ${version}`;
}
