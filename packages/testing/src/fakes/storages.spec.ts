import { InMemorySagaStorage, SagaStorageError } from '@nest-saga/core';
import type { NewSaga } from '@nest-saga/core';
import { DelayedStorage } from './delayed-storage.js';
import { FakeClock } from './fake-clock.js';
import { FaultyStorage } from './faulty-storage.js';
import { SequentialIds } from './sequential-ids.js';
import { flushPromises } from './flush-promises.js';

const ids = new SequentialIds();

function newSaga(): NewSaga {
  const identity = { sagaId: ids.nextId(), saga: 'order', version: 1, key: undefined };
  return { ...identity, context: '{}', metadata: {}, owner: undefined };
}

describe('DelayedStorage', () => {
  it('holds the answer of a write that has happened', async () => {
    const inner = new InMemorySagaStorage(new FakeClock());
    const storage = new DelayedStorage(inner);
    storage.hold('start');
    const saga = newSaga();
    const answers: string[] = [];
    const started = storage.start(saga).then(({ kind }) => answers.push(kind));
    await flushPromises();
    expect(await inner.find(saga.sagaId)).toMatchObject({ status: 'pending' });
    expect(answers).toEqual([]);
    expect(storage.waitingCalls).toEqual(['start']);
    storage.letPass('start');
    await started;
    expect(answers).toEqual(['started']);
  });

  it('holds a call before it happens, and lets one of several pass', async () => {
    const inner = new InMemorySagaStorage(new FakeClock());
    const storage = new DelayedStorage(inner);
    storage.hold('start', 'call');
    const [first, second] = [newSaga(), newSaga()];
    const starts = [storage.start(first), storage.start(second)];
    await flushPromises();
    expect(await inner.find(first.sagaId)).toBeUndefined();
    storage.letOnePass('start');
    await starts[0];
    expect(await inner.find(first.sagaId)).toBeDefined();
    expect(await inner.find(second.sagaId)).toBeUndefined();
    storage.letPass('start');
    await expect(starts[1]).resolves.toEqual({ kind: 'started' });
  });

  it('says when there is nothing to let pass', () => {
    const storage = new DelayedStorage(new InMemorySagaStorage(new FakeClock()));
    expect(() => storage.letOnePass('append')).toThrow('no call of "append" waits');
  });
});

describe('FaultyStorage', () => {
  it('fails before the write as "not-written", as often as asked for', async () => {
    const inner = new InMemorySagaStorage(new FakeClock());
    const storage = new FaultyStorage(inner);
    storage.inject({ method: 'start', outcome: 'not-written', times: 1 });
    const saga = newSaga();
    const failure: unknown = await storage.start(saga).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SagaStorageError);
    expect(failure).toMatchObject({ operation: 'start', outcome: 'not-written' });
    expect(await inner.find(saga.sagaId)).toBeUndefined();
    await expect(storage.start(saga)).resolves.toEqual({ kind: 'started' });
    expect(storage.callsOf('start')).toBe(2);
  });

  it('loses the answer of a write that happened as "unknown"', async () => {
    const inner = new InMemorySagaStorage(new FakeClock());
    const storage = new FaultyStorage(inner);
    storage.inject({ method: 'start', outcome: 'unknown' });
    const saga = newSaga();
    await expect(storage.start(saga)).rejects.toMatchObject({ outcome: 'unknown' });
    expect(await inner.find(saga.sagaId)).toBeDefined();
  });

  it('fails from a given call on, for any method, until the fault is removed', async () => {
    const storage = new FaultyStorage(new InMemorySagaStorage(new FakeClock()));
    const end = storage.inject({ outcome: 'not-written', fromCall: 2 });
    await expect(storage.find(ids.nextId())).resolves.toBeUndefined();
    await expect(storage.summarize()).rejects.toBeInstanceOf(SagaStorageError);
    await expect(storage.find(ids.nextId())).rejects.toBeInstanceOf(SagaStorageError);
    end();
    await expect(storage.find(ids.nextId())).resolves.toBeUndefined();
  });
});
