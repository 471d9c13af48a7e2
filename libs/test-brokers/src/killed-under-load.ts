import { setTimeout as wait } from 'node:timers/promises';
import { defineSagas, InMemorySagaStorage } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import type { MessageSink } from '@nest-saga/core/engine';
import { emits, scriptedSaga, ScriptedStep, SequentialIds } from '@nest-saga/testing';
import type { PrivateBroker } from './private-broker.js';
import { realClock } from './real-clock.js';

const sagas = 150;
const deadlineMs = 90_000;

/** What a consumer has got, in its order. */
export type Received = readonly { readonly id: string }[];

/** The faults of a run; empty if no message was lost and each saga's messages came in order. */
export interface LoadVerdict {
  readonly lost: readonly string[];
  readonly outOfOrder: readonly string[];
  /** How many messages came several times, with the same id. */
  readonly repeated: number;
}

/**
 * Runs many sagas of three events each, kills the broker in the middle and starts it again, waits until no message is left,
 * and judges what a consumer has got.
 */
export async function killedUnderLoad(
  broker: PrivateBroker,
  sink: MessageSink,
  receive: () => Promise<Received>,
): Promise<LoadVerdict> {
  const storage = new InMemorySagaStorage(realClock);
  const steps = ['one', 'two', 'three'].map((id) => new ScriptedStep(id, { act: [emits(id)] }));
  const engine = new SagaEngine({
    storage,
    registry: new SagaRegistry(defineSagas([scriptedSaga('order', steps)])),
    clock: realClock,
    ids: new SequentialIds(0, 7),
    events: { sinks: [sink], relayIntervalMs: 50, timeoutMs: 5_000 },
  });
  await engine.open();
  const started: string[] = [];
  const start = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++)
      started.push((await engine.starter.start({}, { saga: 'order' })).sagaId);
  };
  await start(sagas / 3);
  const during = start(sagas / 3);
  await broker.kill();
  await during;
  await broker.restart();
  await start(sagas / 3);
  await untilEmpty(storage);
  await engine.close();
  return judge(started, await receive());
}

async function untilEmpty(storage: InMemorySagaStorage): Promise<void> {
  for (let waitedMs = 0; waitedMs < deadlineMs; waitedMs += 50) {
    if ((await storage.outbox.list({ limit: 1 })).messages.length === 0) return;
    await wait(50);
  }
  throw new Error(`messages are left after ${deadlineMs} ms`);
}

function judge(started: readonly string[], received: Received): LoadVerdict {
  const seen = new Set(received.map(({ id }) => id));
  const expected = started.flatMap((sagaId) => [1, 2, 3].map((seq) => `${sagaId}:${seq}:0`));
  // The first of each id: a consumer ignores the others.
  const order = [...seen];
  return {
    lost: expected.filter((id) => !seen.has(id)),
    outOfOrder: started.filter((sagaId) => {
      const own = order.filter((id) => id.startsWith(sagaId));
      return own.join() !== own.toSorted().join();
    }),
    repeated: received.length - seen.size,
  };
}
