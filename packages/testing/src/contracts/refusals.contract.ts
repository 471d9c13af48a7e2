/// <reference types="jest" />
import { SagaStorageError } from '@nest-saga/core';
import type { NewSaga } from '@nest-saga/core';
import type { StorageWorld } from './storage-world.js';
import { cancelAt } from './storage-world.js';

/** The promises of a call that a storage cannot fulfil: its error is one of the port, and no other call is affected. */
export function describeRefusals(world: StorageWorld): void {
  const unstorable: readonly (readonly [string, Partial<NewSaga>])[] = [
    ['a context with a NUL character', { context: String.raw`{"text":"\u0000"}` }],
    ['a context with a lone surrogate', { context: String.raw`{"text":"\ud800"}` }],
    ['a context that is not JSON', { context: '{"text":' }],
    ['a key with a NUL character', { key: 'order\u0000' }],
    ['an id that is not a UUID', { sagaId: 'order-1' }],
  ];

  it.each(unstorable)('stores a start or refuses it with a SagaStorageError: %s', async (_name, given) => {
    const saga = world.newSaga(given);
    const result = await world.storage.start(saga).catch((error: unknown) => error);
    if (result instanceof Error) {
      expect(result).toBeInstanceOf(SagaStorageError);
      expect(result).toMatchObject({ operation: 'start', outcome: 'refused' });
      await expect(world.storage.list({ saga: saga.saga, limit: 1 })).resolves.toMatchObject({ sagas: [] });
    } else {
      expect(result).toEqual({ kind: 'started' });
      await expect(world.storage.find(saga.sagaId)).resolves.toMatchObject({ saga: saga.saga });
    }
  });

  it('stores the starts that wait beside a start that is refused', async () => {
    const bad = world.newSaga({ context: String.raw`{"text":"\u0000"}` });
    const good = Array.from({ length: 20 }, () => world.newSaga());
    const sagas = [...good.slice(0, 10), bad, ...good.slice(10)];
    const results = await Promise.allSettled(sagas.map((saga) => world.storage.start(saga)));
    const isStarted = new Map(sagas.map((saga, index) => [saga, results[index]?.status === 'fulfilled']));
    expect(good.filter((saga) => isStarted.get(saga) !== true)).toEqual([]);
    const headers = await Promise.all(good.map(({ sagaId }) => world.storage.find(sagaId)));
    expect(headers.filter((header) => header === undefined)).toEqual([]);
  });

  it('stores the appends that wait beside an append that is refused', async () => {
    const sagas = await Promise.all(Array.from({ length: 21 }, () => world.start()));
    const bad = sagas[10];
    const requests = sagas.map((saga) =>
      cancelAt(saga.sagaId, 1, saga === bad ? 'a \u0000 in a text' : 'fine'),
    );
    const results = await Promise.allSettled(requests.map((request) => world.storage.append(request)));
    const others = results.filter((_result, index) => sagas[index] !== bad);
    expect(others.filter((result) => result.status !== 'fulfilled' || result.value !== 'stored')).toEqual([]);
    const refused = results[10];
    if (refused?.status === 'rejected') {
      expect(refused.reason).toBeInstanceOf(SagaStorageError);
      expect(refused.reason).toMatchObject({ operation: 'append', outcome: 'refused' });
    }
    const journal = await world.load(bad?.sagaId ?? '');
    expect(journal.entries).toHaveLength(refused?.status === 'fulfilled' ? 1 : 0);
  });

  it('answers every call with an id that is not a UUID, or refuses it with a SagaStorageError', async () => {
    const answers = await Promise.all(
      [
        world.storage.find('order-1'),
        world.storage.load('order-1'),
        world.storage.readNews([{ sagaId: 'order-1', afterSeq: 0 }]),
        world.storage.append(cancelAt('order-1', 1)),
      ].map((answer) => answer.catch((error: unknown) => error)),
    );
    const errors = answers.filter((answer) => answer instanceof Error);
    expect(errors.filter((error) => !(error instanceof SagaStorageError))).toEqual([]);
  });
}
