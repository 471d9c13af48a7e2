import { randomUUID } from 'node:crypto';
import type { AppendRequest, HeaderChange, NewSaga } from '@nest-saga/core';
import type { ActCompleted } from '@nest-saga/core/engine';

/** A saga to start: queued, unless an owner is given. */
export function newSaga(given: Partial<NewSaga> = {}): NewSaga {
  return {
    sagaId: randomUUID(),
    saga: 'order',
    version: 1,
    key: undefined,
    context: '{"orderId":"A-1"}',
    metadata: {},
    owner: undefined,
    ...given,
  };
}

/** An entry that says a step is done. */
export function actCompleted(step = 'reserve', given: Partial<ActCompleted> = {}): ActCompleted {
  const at = new Date('2026-03-01T10:00:00.123Z');
  return {
    kind: 'act-completed',
    step,
    attempt: 1,
    context: '{"done":1}',
    startedAt: at,
    finishedAt: at,
    ...given,
  };
}

/** An append of a completed act, which carries the status of its change. */
export function append(sagaId: string, seq: number, given: Partial<AppendRequest> = {}): AppendRequest {
  const { entry = actCompleted(), change, ...rest } = given;
  const request = { sagaId, seq, worker: 'worker-1', ...rest };
  return change === undefined
    ? { ...request, entry }
    : { ...request, entry: { ...entry, status: change.status }, change };
}

/** The change that ends a saga. */
export const toCompleted: HeaderChange = {
  status: 'completed',
  owner: undefined,
  failure: undefined,
  stuck: undefined,
};
