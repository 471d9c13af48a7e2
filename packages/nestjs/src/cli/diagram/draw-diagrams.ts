import type { SagaDefinition } from '@nest-saga/core';
import type { DiagramKind } from '@nest-saga/core/diagrams';
import { drawSaga } from '@nest-saga/core/diagrams';

/** One diagram of a saga. */
export interface DrawnDiagram {
  readonly title: string;
  /** A file name that differs from the names for all other sagas, versions and kinds. */
  readonly fileName: string;
  /** Mermaid text. */
  readonly text: string;
}

/** Draws each saga in each kind. */
export function drawDiagrams(
  definitions: readonly SagaDefinition[],
  kinds: readonly DiagramKind[],
): readonly DrawnDiagram[] {
  return definitions.flatMap((definition) =>
    kinds.map((kind) => ({
      title: `${definition.name}, version ${definition.version}: ${kind} diagram`,
      // The name of a saga may contain a colon, which some file systems do not allow.
      fileName: `${encodeURIComponent(definition.name)}.v${definition.version}.${kind}.mmd`,
      text: drawSaga(definition, kind),
    })),
  );
}
