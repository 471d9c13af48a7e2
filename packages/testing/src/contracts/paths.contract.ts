/// <reference types="jest" />
import type { StorageWorld } from './storage-world.js';
import { identityOf } from './storage-world.js';

/** The promises of a start at which something was decided. */
export function describePaths(world: StorageWorld): void {
  const path = { skipped: ['wrap', 'a:b.c-d_e'], decisions: { gift: false, pay: 'card "x" 😀', tip: null } };

  it('stores what was decided, each by itself and beside sagas of which nothing was decided', async () => {
    const owner = await world.newWorker();
    const alone = await world.start({ owner, path });
    const others = [
      world.newSaga({ owner, path: { decisions: { gift: true } } }),
      world.newSaga({ deadlineInMs: 60_000 }),
      world.newSaga({ path }),
      world.newSaga({ owner }),
    ];
    await Promise.all(others.map((saga) => world.storage.start(saga)));

    const headers = await Promise.all([alone, ...others].map(({ sagaId }) => world.header(sagaId)));
    expect(headers.map((header) => header.path)).toEqual([
      path,
      { decisions: { gift: true } },
      undefined,
      path,
      undefined,
    ]);
    expect(headers.map((header) => [header.owner, header.deadlineAt !== undefined])).toEqual([
      [owner, false],
      [owner, false],
      [undefined, true],
      [undefined, false],
      [owner, false],
    ]);
  });

  it('stores a saga that undoes another one as COMPENSATING from its beginning, and any worker can claim it', async () => {
    const original = await world.start({});
    const undo = [
      { step: 'reserve', stage: 0, isAlternative: false, outcome: 'completed', response: '{"id":"r-1"}' },
      { step: 'charge', stage: 1, isAlternative: true, outcome: 'unknown' },
    ] as const;
    const start = { reverses: original.sagaId, path: { reversal: { undo, message: 'by "ada" 😀' } } };
    const alone = await world.start(start);
    const others = [world.newSaga(start), world.newSaga({ deadlineInMs: 60_000 })];
    await Promise.all(others.map((saga) => world.storage.start(saga)));
    const headers = await Promise.all([alone, ...others].map(({ sagaId }) => world.header(sagaId)));
    expect(
      headers.map(({ status, reverses, path, failure }) => [status, reverses, path, failure?.reason]),
    ).toEqual([
      ['compensating', original.sagaId, start.path, 'reversed'],
      ['compensating', original.sagaId, start.path, 'reversed'],
      ['pending', undefined, undefined, undefined],
    ]);
    expect(headers[0]?.failure?.message).toBe('by "ada" 😀');
    const [claimed] = await world.storage.claim({
      worker: await world.newWorker(),
      sagas: [identityOf(alone)],
      limit: 1,
      sagaId: alone.sagaId,
    });
    expect(claimed?.entries).toMatchObject([{ kind: 'claimed', from: 'compensating' }]);
    expect(claimed?.header).toMatchObject({
      status: 'compensating',
      reverses: original.sagaId,
      path: start.path,
    });
  });

  it('gives it to every reader of the saga, and to a worker with its claim', async () => {
    const saga = await world.start({ key: 'with-a-path', path });
    const { sagaId } = saga;
    const page = await world.storage.list({ saga: saga.saga, limit: 1 });
    const [outline] = await world.storage.readOutlines([sagaId]);
    const loaded = await world.storage.load(sagaId);
    const [claimed] = await world.storage.claim({
      worker: await world.newWorker(),
      sagas: [identityOf(saga)],
      limit: 1,
    });
    const read = [
      await world.storage.find(sagaId),
      await world.storage.findByKey(saga.saga, 'with-a-path'),
      page.sagas[0],
      outline?.header,
      loaded?.header,
      claimed?.header,
    ];
    expect(read.map((header) => header?.path)).toEqual(read.map(() => path));
  });
}
