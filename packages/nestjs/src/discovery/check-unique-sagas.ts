import type { SagaDefinitionProblem } from '@nest-saga/core';
import type { FoundSaga } from './declare-saga.js';

/** Sagas with the same name and version: one problem, which names all the classes. */
export function checkUniqueSagas(sagas: readonly FoundSaga[]): readonly SagaDefinitionProblem[] {
  const classesByIdentity = new Map<string, readonly string[]>();
  for (const { declared, className } of sagas) {
    const identity = `"${declared.name}" version ${declared.version ?? 1}`;
    classesByIdentity.set(identity, [...(classesByIdentity.get(identity) ?? []), className]);
  }
  return [...classesByIdentity].flatMap(([identity, classes]) =>
    classes.length === 1
      ? []
      : [
          {
            where: classes.join(' and '),
            problem: `both are saga ${identity}`,
            remedy:
              'Give each saga a name of its own, or a changed one a higher version; provide each class once',
          },
        ],
  );
}
