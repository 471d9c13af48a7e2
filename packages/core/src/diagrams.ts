/**
 * Sagas as Mermaid diagrams, and the scenes of an execution for other pictures.
 */
export { classDiagram } from './diagrams/class-diagram.js';
export { executionDiagram } from './diagrams/execution-diagram.js';
export type { ExecutionScene } from './diagrams/execution-scenes.js';
export { executionScenes } from './diagrams/execution-scenes.js';
export type { Scene } from './diagrams/scene.js';
export { sequenceDiagram } from './diagrams/sequence-diagram.js';
export { stateDiagram } from './diagrams/state-diagram.js';
export type { DiagramKind } from './diagrams/diagram-kinds.js';
export { diagramKinds, drawSaga } from './diagrams/diagram-kinds.js';
