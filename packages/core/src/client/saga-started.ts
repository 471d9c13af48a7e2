import type { SagaDefinition } from '../definition/saga-definition.js';

/** Which saga a stream is about: known as soon as it is durable, before any of its steps has ended. */
export interface SagaStarted {
  readonly sagaId: string;
  /** The saga's name. */
  readonly saga: string;
  /** The version that it runs under. */
  readonly version: number;
  /** How many places it has: "step 2 of 5". */
  readonly total: number;
}

/** What is known of a saga that runs under this definition. */
export function toSagaStarted(sagaId: string, { name, version, stages }: SagaDefinition): SagaStarted {
  return { sagaId, saga: name, version, total: stages.length };
}
