import { AsyncLocalStorage } from 'node:async_hooks';
import { jest } from '@jest/globals';
import { GroupCommit } from '@nest-saga/core/storage-kit';
import type { Write } from '@nest-saga/core/storage-kit';
import { OwnConnection } from './postgres/own-connection.js';
import type { PostgresClient } from './postgres/postgres-client.js';
import { HintOutbox } from './postgres/hints/hint-outbox.js';

const request = new AsyncLocalStorage<string>();
const limits = {
  maximumInFlight: 1,
  maximumRows: 1,
  minimumSplitRows: 1,
  maximumCharacters: 1_000,
};
const writeOf = (sagaId: string): Write => ({
  kind: 'append',
  request: { sagaId, seq: 1, worker: 'w', entry: { kind: 'settled' } },
});

describe('what the callers of a storage share', () => {
  const runShared = AsyncLocalStorage.snapshot();

  it('is written in the surroundings of none of them, and each has its answer in its own', async () => {
    const sentIn: (string | undefined)[] = [];
    const commit = new GroupCommit(
      {
        send: ({ appends }) => {
          sentIn.push(request.getStore());
          return Promise.resolve(new Set(appends.map(({ sagaId }) => sagaId)));
        },
        conductOf: () => 'split',
        defer: setImmediate,
        runShared,
      },
      limits,
    );
    const write = async (customer: string): Promise<string | undefined> => {
      await commit.submit(writeOf(customer));
      return request.getStore();
    };
    const customers = ['Ada', 'Bob', 'Cyd'];
    const answeredIn = customers.map((customer) => request.run(customer, () => write(customer)));
    expect(await Promise.all(answeredIn)).toEqual(customers);
    expect(sentIn).toEqual([undefined, undefined, undefined]);
  });

  it('is hinted at in the surroundings of none of them', () => {
    jest.useFakeTimers();
    try {
      const sentIn: (string | undefined)[] = [];
      const outbox = new HintOutbox(() => sentIn.push(request.getStore()), runShared);
      request.run('Ada', () => outbox.work());
      jest.advanceTimersByTime(0);
      request.run('Bob', () => outbox.progressed('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41'));
      jest.advanceTimersByTime(1_000);
      expect(sentIn).toEqual([undefined, undefined]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('connects in the surroundings of none of them', async () => {
    const connectedIn: (string | undefined)[] = [];
    const refuse = (): PostgresClient => {
      connectedIn.push(request.getStore());
      throw new Error('no connection today');
    };
    const connection = new OwnConnection(refuse, runShared);
    const run = connection.run.bind(connection, 'renewWorker', { name: undefined, text: 'SELECT 1' }, [], 1);
    await expect(request.run('Ada', run)).rejects.toThrow('no connection today');
    await expect(request.run('Bob', run)).rejects.toThrow('no connection today');
    expect(connectedIn).toEqual([undefined, undefined]);
  });
});
