import { randomUUID } from 'node:crypto';
import { jsonContextCodec } from '@nest-saga/core';
import type { ContextCodec } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep } from '@nest-saga/testing';
import { EngineCluster } from './engine-cluster.js';

const count = 10_000;

/** Reads nothing: its key is not there. */
const blindCodec: ContextCodec = {
  ...jsonContextCodec,
  decode: () => {
    throw new Error('the key is not there');
  },
};

describe('10,000 sagas at the head of the queue that every process knows and none can run', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  it('do not keep the next one from running, run no step and are not undone', async () => {
    const blind = scriptedSaga('blind', [new ScriptedStep('reserve')], { codec: blindCodec });
    const order = scriptedSaga('order', [new ScriptedStep('charge')]);
    const starter = await cluster.startProcess([blind, order], { worker: false });
    await cluster.database.query(
      `INSERT INTO saga.saga_execution
         (id, saga_name, saga_version, status, next_run_at, context, metadata, created_at, updated_at)
       SELECT gen_random_uuid(), 'blind', 1, 'pending', now() - interval '1 day', '{}', '{}', now(), now()
       FROM generate_series(1, $1)`,
      [count],
    );
    const { sagaId } = await starter.enqueue({}, { saga: 'order', sagaId: randomUUID() });

    await cluster.startProcess([blind, order]);
    const outcome = await starter.outcome(sagaId);

    expect(outcome.status).toBe('completed');
    expect(order.calls).toEqual(['act charge']);
    expect(blind.calls).toEqual([]);
    // Each of them had its turn: what runs is not chosen, it comes to the head.
    const tried = await cluster.database.query(
      `SELECT count(DISTINCT saga_id)::integer AS sagas FROM saga.saga_log
       JOIN saga.saga_execution ON id = saga_id WHERE saga_name = 'blind' AND kind = 'claimed'`,
    );
    expect(tried).toEqual([{ sagas: count }]);
    const undone = await cluster.database.query(
      "SELECT FROM saga.saga_execution WHERE saga_name = 'blind' AND status IN ('compensating', 'failed')",
    );
    expect(undone).toEqual([]);
  });
});
