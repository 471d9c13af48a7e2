import type { SagaDefinition } from '../definition/saga-definition.js';

/** The identity of a saga, known as soon as it is durable, before a step has ended. */
export interface SagaStarted {
  readonly sagaId: string;
  /** The saga's name. */
  readonly saga: string;
  /** The version of its definition. */
  readonly version: number;
  /** The number of its stages: "step 2 of 5". */
  readonly total: number;
}

/** The identity of a saga with this definition. */
export function toSagaStarted(sagaId: string, { name, version, stages }: SagaDefinition): SagaStarted {
  return { sagaId, saga: name, version, total: stages.length };
}
