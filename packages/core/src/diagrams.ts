/**
 * Sagas as Mermaid diagrams.
 */
export { classDiagram } from './diagrams/class-diagram.js';
export { executionDiagram } from './diagrams/execution-diagram.js';
export { sequenceDiagram } from './diagrams/sequence-diagram.js';
export { stateDiagram } from './diagrams/state-diagram.js';
export type { DiagramKind } from './diagrams/diagram-kinds.js';
export { diagramKinds, drawSaga } from './diagrams/diagram-kinds.js';
