import type { SagaStarted, SagaStepResult, SagaWait } from '@nest-saga/core';

/**
 * What a stream of a saga says before its end: who the saga is (first), what it waits for (when that begins, and at the beginning
 * of a watch if it waits then), and the results of its steps. None is published before it is durable.
 */
export type SagaFrame =
  | ({ readonly type: 'started' } & SagaStarted)
  | ({ readonly type: 'waiting'; readonly sagaId: string } & SagaWait)
  | { readonly type: 'step'; readonly result: SagaStepResult };
