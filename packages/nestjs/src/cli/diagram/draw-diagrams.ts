import type { SagaDefinition } from '@nest-saga/core';
import type { DiagramKind } from '@nest-saga/core/diagrams';
import { drawSaga } from '@nest-saga/core/diagrams';

/** A saga drawn in one way. */
export interface DrawnDiagram {
  readonly title: string;
  /** The name of a file for it, unlike that of every other saga, version and kind. */
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
      // A saga's name may hold a colon, which not every file system takes.
      fileName: `${encodeURIComponent(definition.name)}.v${definition.version}.${kind}.mmd`,
      text: drawSaga(definition, kind),
    })),
  );
}
