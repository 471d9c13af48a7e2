import type { SagaDefinition } from '../definition/saga-definition.js';
import { classDiagram } from './class-diagram.js';
import { sequenceDiagram } from './sequence-diagram.js';
import { stateDiagram } from './state-diagram.js';

/** The kinds of diagrams of a saga. */
export const diagramKinds = ['sequence', 'class', 'state'] as const;

/** One of the kinds of diagrams of a saga. */
export type DiagramKind = (typeof diagramKinds)[number];

const drawings: Readonly<Record<DiagramKind, (definition: SagaDefinition) => string>> = {
  sequence: sequenceDiagram,
  class: classDiagram,
  state: stateDiagram,
};

/** Draws a saga as Mermaid text. */
export function drawSaga(definition: SagaDefinition, kind: DiagramKind): string {
  return drawings[kind](definition);
}
