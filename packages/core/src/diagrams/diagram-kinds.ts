import type { SagaDefinition } from '../definition/saga-definition.js';
import { classDiagram } from './class-diagram.js';
import { sequenceDiagram } from './sequence-diagram.js';
import { stateDiagram } from './state-diagram.js';

type Draw = (definition: SagaDefinition) => string;

const drawings = {
  sequence: sequenceDiagram,
  class: classDiagram,
  state: stateDiagram,
} satisfies Readonly<Record<string, Draw>>;

/** One of the kinds of diagrams of a saga. */
export type DiagramKind = keyof typeof drawings;

/** The kinds of diagrams of a saga. */
export const diagramKinds = Object.keys(drawings) as readonly DiagramKind[];

/** Draws a saga as Mermaid text. */
export function drawSaga(definition: SagaDefinition, kind: DiagramKind): string {
  return drawings[kind](definition);
}
