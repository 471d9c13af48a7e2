/// <reference types="jest" />
import { changeTo, changing, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { cancelAt } from './storage-world.js';

/** The promises of an append whose `seq` is too low or too high, or whose saga does not exist. */
export function describeFences(world: StorageWorld): void {
  it('fences an append whose seq is used already, and writes nothing of it', async () => {
    const owner = await world.newWorker();
    const { sagaId } = await world.start({ owner });
    await world.append(sagaId, cancelAt(sagaId, 1).entry);
    const before = await world.load(sagaId);
    const late = changing({ sagaId, seq: 1, worker: owner, entry: entryOf.settled }, changeTo.completed());
    await expect(world.another.append(late)).resolves.toBe('fenced');
    expect(await world.load(sagaId)).toEqual(before);
  });

  it('fences the repetition of an append that is stored: a lost answer writes nothing twice', async () => {
    const owner = await world.newWorker();
    const { sagaId } = await world.start({ owner });
    const request = changing(
      { sagaId, seq: 1, worker: owner, entry: entryOf.decided },
      changeTo.compensating(owner),
    );
    await expect(world.storage.append(request)).resolves.toBe('stored');
    await expect(world.storage.append(request)).resolves.toBe('fenced');
    expect((await world.load(sagaId)).entries).toHaveLength(1);
  });

  it('fences an append that would leave a gap, and writes nothing of it', async () => {
    const { sagaId } = await world.start();
    const before = await world.load(sagaId);
    const early = changing(cancelAt(sagaId, 2), changeTo.stuck());
    await expect(world.storage.append(early)).resolves.toBe('fenced');
    expect(await world.load(sagaId)).toEqual(before);
  });

  it('fences an append to a saga that does not exist', async () => {
    const sagaId = world.newId();
    await expect(world.storage.append(cancelAt(sagaId, 1))).resolves.toBe('fenced');
    expect(await world.storage.load(sagaId)).toBeUndefined();
  });

  it.each([
    ['COMPLETED', changeTo.completed()],
    ['FAILED', changeTo.failed()],
  ])('never changes a saga that is %s', async (_name, end) => {
    const owner = await world.newWorker();
    const saga = await world.start({ owner });
    const { sagaId } = saga;
    await world.append(sagaId, entryOf.settled, end, owner);
    const before = await world.load(sagaId);
    await world.pass(5);
    const next = { sagaId, seq: 2, worker: owner, entry: entryOf.decided };
    await expect(world.storage.append(next)).resolves.toBe('fenced');
    await expect(world.storage.append(changing(next, changeTo.running(owner)))).resolves.toBe('fenced');
    await world.storage.release([
      { sagaId, seq: 2, worker: owner, reason: 'shutdown', begun: [], delayMs: 0 },
    ]);
    await world.expire(owner);
    await world.storage.releaseExpired([saga], 10);
    const worker = await world.newWorker();
    await expect(world.storage.claim({ worker, sagas: [saga], limit: 10, sagaId })).resolves.toEqual([]);
    expect(JSON.stringify(await world.load(sagaId))).toBe(JSON.stringify(before));
  });

  it('stores appends that wait at the same moment, and fences only those that are late', async () => {
    const { saga } = world.newIdentity();
    const sagas = await Promise.all(Array.from({ length: 100 }, () => world.start({ saga })));
    const late = sagas[40];
    if (late === undefined) throw new Error('unreachable');
    await world.append(late.sagaId, cancelAt(late.sagaId, 1).entry);
    const results = await Promise.all(
      sagas.map(({ sagaId }) =>
        world.storage.append(changing(cancelAt(sagaId, 1, 'all at once'), changeTo.stuck())),
      ),
    );
    expect(results).toEqual(sagas.map((one) => (one === late ? 'fenced' : 'stored')));
    const loaded = await Promise.all(sagas.map(({ sagaId }) => world.load(sagaId)));
    expect(loaded.map(({ header, entries }) => [header.status, entries.length])).toEqual(
      sagas.map((one) => (one === late ? ['pending', 1] : ['stuck', 1])),
    );
  });

  it('stores exactly one of many appends at one seq, with its own change', async () => {
    const { sagaId } = await world.start();
    const statuses = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'running' : 'stuck'));
    const results = await Promise.all(
      statuses.map((status, index) =>
        (index % 4 < 2 ? world.storage : world.another).append(
          changing(
            cancelAt(sagaId, 1, `reason ${index}`),
            status === 'running' ? changeTo.running(undefined) : changeTo.stuck(),
          ),
        ),
      ),
    );
    const winner = results.indexOf('stored');
    expect(results.filter((result) => result === 'stored')).toHaveLength(1);
    const { header, entries } = await world.load(sagaId);
    expect(entries).toMatchObject([{ seq: 1, reason: `reason ${winner}` }]);
    expect(header.status).toBe(statuses[winner]);
  });

  it('never leaves a gap, though a later seq is asked for at the same moment as an earlier one', async () => {
    const sagas = await Promise.all(Array.from({ length: 20 }, () => world.start()));
    const results = await Promise.all(
      sagas.flatMap(({ sagaId }) => [
        world.storage.append(cancelAt(sagaId, 2)),
        world.another.append(cancelAt(sagaId, 1)),
        world.storage.append(cancelAt(sagaId, 3)),
      ]),
    );
    const journals = await Promise.all(sagas.map(({ sagaId }) => world.load(sagaId)));
    for (const { entries } of journals)
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_entry, index) => index + 1));
    const stored = journals.reduce((sum, { entries }) => sum + entries.length, 0);
    expect(results.filter((result) => result === 'stored')).toHaveLength(stored);
  });
}
