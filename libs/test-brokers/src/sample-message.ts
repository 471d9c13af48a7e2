import { randomUUID } from 'node:crypto';
import type { SagaMessage } from '@nest-saga/core/engine';

/** A message of a saga of its own. */
export function sampleMessage(given: Partial<SagaMessage> = {}): SagaMessage {
  const sagaId = randomUUID();
  const id = `${sagaId}:1:0`;
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const body = JSON.stringify({ specversion: '1.0', id, type: 'placed', data: { total: 1 } });
  return { id, sagaId, saga: 'order', seq: 1, index: 0, type: 'placed', trace, body, ...given };
}
