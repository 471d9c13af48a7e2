import type { SagaDefinition } from '@nest-saga/core';
import { classDiagram, sequenceDiagram, stateDiagram } from '@nest-saga/core';

/** The kinds of diagrams of a saga. */
export const diagramKinds = ['sequence', 'class', 'state'] as const;

/** One of the kinds of diagrams of a saga. */
export type DiagramKind = (typeof diagramKinds)[number];

/** A saga drawn in one way. */
export interface DrawnDiagram {
  readonly title: string;
  /** The name of a file for it, unlike that of every other saga, version and kind. */
  readonly fileName: string;
  /** Mermaid text. */
  readonly text: string;
}

const drawings: Readonly<Record<DiagramKind, (definition: SagaDefinition) => string>> = {
  sequence: sequenceDiagram,
  class: classDiagram,
  state: stateDiagram,
};

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
      text: drawings[kind](definition),
    })),
  );
}
