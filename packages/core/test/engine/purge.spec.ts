import type { LoadedSaga } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate } from '@nest-saga/testing';
import type { SimulatedProcess } from '@nest-saga/testing';

const quick = scriptedSaga('quick', [new ScriptedStep('charge')]);
const endless = scriptedSaga('endless', [new ScriptedStep('charge', { act: [new StepGate().waits()] })]);
const statuses = ['completed', 'failed'] as const;

async function withEnded(count: number) {
  const cluster = new SimulatedCluster([quick, endless]);
  const process = await cluster.startProcess();
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { sagaId } = await process.start({}, { saga: 'quick' });
    await cluster.advance(1);
    ids.push(sagaId);
  }
  const endedBefore = (): Date => new Date(cluster.clock.now() + 1);
  const rest = async (): Promise<readonly string[]> =>
    (await cluster.memory.list({ limit: 1_000, order: 'oldest' })).sagas.map(({ sagaId }) => sagaId);
  return { cluster, process, ids, endedBefore, rest };
}

const purge = (
  { engine }: SimulatedProcess,
  order: Omit<Parameters<typeof engine.purger.purge>[0], 'statuses'>,
): Promise<number> => engine.purger.purge({ statuses, ...order });

describe('a purge', () => {
  it('deletes all sagas that ended in time, in as many statements as it needs', async () => {
    const { cluster, process, endedBefore, rest } = await withEnded(700);
    const { sagaId } = await process.start({}, { saga: 'endless' });
    await cluster.advance(1);
    expect(await purge(process, { endedBefore: endedBefore() })).toBe(700);
    expect(await rest()).toEqual([sagaId]);
  });

  it('deletes no more than its limit, the oldest first', async () => {
    const { process, ids, endedBefore, rest } = await withEnded(5);
    expect(await purge(process, { endedBefore: endedBefore(), limit: 2 })).toBe(2);
    expect(await rest()).toEqual(ids.slice(2));
  });

  it('counts and deletes nothing in a dry run, and archives nothing', async () => {
    const { process, ids, endedBefore, rest } = await withEnded(3);
    const archive = async (): Promise<void> => {
      throw new Error('archived');
    };
    expect(await purge(process, { endedBefore: endedBefore(), dryRun: true, archive })).toBe(3);
    expect(await rest()).toEqual(ids);
  });

  it('archives sagas with their whole journals before it deletes them, at most 50 at once', async () => {
    const { cluster, process, ids, endedBefore } = await withEnded(120);
    const archived: (readonly LoadedSaga[])[] = [];
    const archive = async (sagas: readonly LoadedSaga[]): Promise<void> => {
      for (const { header } of sagas) expect(await cluster.memory.find(header.sagaId)).toBeDefined();
      archived.push(sagas);
    };
    expect(await purge(process, { endedBefore: endedBefore(), archive })).toBe(120);
    expect(archived.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(archived.flat().map(({ header }) => header.sagaId)).toEqual(ids);
    expect(archived[0]?.[0]?.entries.map(({ kind }) => kind)).toEqual(['act-completed']);
  });

  it('leaves the sagas that the archive refused, and rejects with its error', async () => {
    const { process, ids, endedBefore, rest } = await withEnded(60);
    let calls = 0;
    const archive = async (): Promise<void> => {
      calls++;
      if (calls === 2) throw new Error('the bucket is full');
    };
    await expect(purge(process, { endedBefore: endedBefore(), archive })).rejects.toThrow(
      'the bucket is full',
    );
    expect(await rest()).toEqual(ids.slice(50));
  });

  it('makes its statements smaller if they are slow', async () => {
    const { cluster, process, endedBefore } = await withEnded(700);
    const limits: number[] = [];
    const slow = await cluster.startProcess({
      worker: false,
      storage: new Proxy(cluster.memory, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (name !== 'purge') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          return async (request: Parameters<typeof target.purge>[0]) => {
            limits.push(request.limit);
            await cluster.advance(300);
            return target.purge(request);
          };
        },
      }),
    });
    expect(await purge(slow, { endedBefore: endedBefore() })).toBe(700);
    expect(limits.slice(0, 3)).toEqual([500, 250, 125]);
    await process.engine.close();
  });

  it('ends a watcher of a deleted saga with an error', async () => {
    const { cluster, process, endedBefore } = await withEnded(0);
    const { sagaId } = await process.start({}, { saga: 'quick' });
    await cluster.advance(1);
    await purge(process, { endedBefore: endedBefore() });
    const watcher = await cluster.startProcess({ worker: false });
    const error = new Promise<unknown>((resolve) => {
      watcher.engine.reader.follow(sagaId, 0, {
        onResult: () => undefined,
        onEnd: () => resolve(undefined),
        onError: resolve,
      });
    });
    expect(await cluster.resolve(error)).toMatchObject({ code: 'SAGA_NOT_FOUND' });
    await expect(watcher.outcome(sagaId)).rejects.toMatchObject({ code: 'SAGA_NOT_FOUND' });
  });

  it.each([0, -1, Number.NaN])('refuses the limit %s', async (limit) => {
    const { process, endedBefore } = await withEnded(0);
    await expect(purge(process, { endedBefore: endedBefore(), limit })).rejects.toMatchObject({
      argument: 'limit',
    });
  });
});
