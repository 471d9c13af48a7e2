import { InMemorySagaStorage } from '@nest-saga/core';
import type { NewSaga } from '@nest-saga/core';
import { FakeClock } from '@nest-saga/testing';
import { Assignments } from '../src/simulation/assignments.js';

const saga: NewSaga = {
  sagaId: 'a',
  saga: 'order',
  version: 1,
  key: 'the key',
  owner: 'first',
  context: '{}',
  metadata: {},
};

describe('the assignments of a process', () => {
  it('have no worker before a start or a claim', () => {
    expect(new Assignments().workerOf('a', 1)).toBe('no worker');
  });

  it('belong to the owner of a start, even if only a repeated start is answered', async () => {
    const storage = new InMemorySagaStorage(new FakeClock());
    for (const kind of ['started', 'exists']) {
      const result = await storage.start(saga);
      expect(result.kind).toBe(kind);
      const assignments = new Assignments();
      assignments.started(saga, result);
      expect(assignments.workerOf('a', 1)).toBe('first');
    }
  });

  it('have no worker if a start only queues, or finds the saga of another caller', async () => {
    const storage = new InMemorySagaStorage(new FakeClock());
    await storage.start(saga);
    const assignments = new Assignments();
    const queued = { ...saga, sagaId: 'c', key: undefined, owner: undefined };
    for (const other of [{ ...saga, owner: 'second' }, { ...saga, sagaId: 'b' }, queued])
      assignments.started(other, await storage.start(other));
    expect(['a', 'b', 'c'].map((sagaId) => assignments.workerOf(sagaId, 1))).toEqual([
      'no worker',
      'no worker',
      'no worker',
    ]);
  });

  it('are of the worker of a claim, from there on', async () => {
    const storage = new InMemorySagaStorage(new FakeClock());
    await storage.start({ ...saga, owner: undefined });
    await storage.registerWorker('second', 1_000);
    const sagas = [{ saga: 'order', version: 1 }];
    const assignments = new Assignments();
    for (const claimed of await storage.claim({ worker: 'second', sagas, limit: 1 }))
      assignments.claimed(claimed, 'second');
    expect([1, 2].map((token) => assignments.workerOf('a', token))).toEqual(['no worker', 'second']);
  });

  it('distinguish a run from before a claim from the one after it, in whatever order they are known', () => {
    const assignments = new Assignments();
    assignments.given('a', 4, 'second');
    assignments.given('a', 0, 'first');
    assignments.given('b', 0, 'third');
    expect([1, 4, 5, 9].map((token) => assignments.workerOf('a', token))).toEqual([
      'first',
      'first',
      'second',
      'second',
    ]);
  });
});
