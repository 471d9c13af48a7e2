import type { CircuitBreaker, JournalEntry, SagaHeader } from '../../src/index.js';
import { defineSaga, fallback } from '../../src/index.js';
import { unusedHandler as handler } from './definitions.js';

/** The context of the example. */
class OrderContext {}

const circuitBreaker: CircuitBreaker = {
  execute: (_, attempt) => attempt(),
  isOpen: () => false,
};

/** The saga that the documentation draws. */
export const orderSaga = defineSaga({
  name: 'order',
  context: OrderContext,
  steps: [
    { id: 'reserve-inventory', handler, retry: { maximumAttempts: 3 } },
    fallback(
      { id: 'charge-card', handler, timeoutMs: 5_000 },
      { id: 'send-invoice', handler },
      { failureErrors: ['GatewayError'], circuitBreaker },
    ),
    { id: 'ship-order', handler },
  ],
});

/** An order whose card gateway was down, and that could not be shipped. */
export const failedOrder: { readonly header: SagaHeader; readonly entries: readonly JournalEntry[] } = {
  header: {
    sagaId: '01890a5d-ac96-774b-bcce-b302099a8057',
    saga: 'order',
    version: 1,
    key: undefined,
    status: 'failed',
    owner: undefined,
    nextRunAt: undefined,
    deadlineAt: undefined,
    parentId: undefined,
    reverses: undefined,
    path: undefined,
    waiting: undefined,
    context: '{}',
    failure: {
      reason: 'step-failed',
      step: 'ship-order',
      errorName: 'NoCourierError',
      message: 'no courier today',
    },
    stuck: undefined,
    metadata: {},
    createdAt: second(0),
    updatedAt: second(9),
  },
  entries: [
    {
      ...place(1),
      ...attempt('reserve-inventory', 1, 1),
      kind: 'act-failed',
      error: { name: 'ConnectionError', message: 'the warehouse did not answer' },
      outcome: 'failed',
      next: 'retry',
      retryAt: second(2),
      undo: false,
    },
    { ...place(2), ...attempt('reserve-inventory', 2, 2), kind: 'act-completed', context: '{}' },
    {
      ...place(3),
      ...attempt('charge-card', 1, 3),
      kind: 'act-failed',
      error: { name: 'GatewayError', message: '503 Service Unavailable' },
      outcome: 'failed',
      next: 'alternative',
      undo: false,
    },
    { ...place(4), ...attempt('send-invoice', 1, 4), kind: 'act-completed', context: '{}' },
    {
      ...place(5),
      ...attempt('ship-order', 1, 5),
      kind: 'act-failed',
      error: { name: 'NoCourierError', message: 'no courier today' },
      outcome: 'failed',
      next: 'compensate',
      undo: false,
    },
    { ...place(6), ...attempt('send-invoice', 1, 6), kind: 'compensation-completed', context: '{}' },
    { ...place(7), ...attempt('reserve-inventory', 1, 7), kind: 'compensation-completed', context: '{}' },
  ],
};

/** The same order a little earlier: its card was refused by the gateway, and its invoice is being sent. */
export const runningOrder: typeof failedOrder = {
  header: {
    ...failedOrder.header,
    status: 'running',
    owner: 'worker-1',
    failure: undefined,
    updatedAt: failedOrder.header.createdAt,
  },
  entries: failedOrder.entries.slice(0, 3),
};

function second(seconds: number): Date {
  return new Date(Date.UTC(2026, 0, 5, 9, 0, seconds));
}

function place(seq: number): Pick<JournalEntry, 'seq' | 'worker' | 'recordedAt'> {
  return { seq, worker: 'worker-1', recordedAt: second(seq) };
}

function attempt(step: string, number: number, startedAt: number) {
  const finishedAt = new Date(second(startedAt).getTime() + 120);
  return { step, attempt: number, startedAt: second(startedAt), finishedAt };
}
