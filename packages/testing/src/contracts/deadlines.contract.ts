/// <reference types="jest" />
import type { HeaderChange, NewSaga } from '@nest-saga/core';
import { changeTo, entryOf } from './header-changes.js';
import type { StorageWorld } from './storage-world.js';
import { identityOf } from './storage-world.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The promises of a start with a deadline. */
export function describeDeadlines(world: StorageWorld): void {
  const afterCreation = async ({ sagaId }: NewSaga): Promise<number | undefined> => {
    const { createdAt, deadlineAt } = await world.header(sagaId);
    return deadlineAt && deadlineAt.getTime() - createdAt.getTime();
  };

  it('stores the deadline by its own clock, each by itself and beside sagas that have none', async () => {
    const owner = await world.newWorker();
    const alone = await world.start({ owner, deadlineInMs: hourMs });
    const longMs = 100 * 365 * 24 * hourMs;
    const park = { for: 'delay', name: 'start', dueInMs: minuteMs } as const;
    const others = [
      world.newSaga({ owner, deadlineInMs: minuteMs }),
      world.newSaga({ park, deadlineInMs: longMs }),
      world.newSaga({ park }),
      world.newSaga({ deadlineInMs: hourMs }),
      world.newSaga({ owner }),
    ];
    await Promise.all(others.map((saga) => world.storage.start(saga)));

    expect(await Promise.all([alone, ...others].map(afterCreation))).toEqual([
      hourMs,
      minuteMs,
      longMs,
      undefined,
      hourMs,
      undefined,
    ]);
    const headers = await Promise.all([alone, ...others].map(({ sagaId }) => world.header(sagaId)));
    expect(
      headers.map(({ createdAt, nextRunAt }) => nextRunAt && nextRunAt.getTime() - createdAt.getTime()),
    ).toEqual([undefined, undefined, minuteMs, minuteMs, 0, undefined]);
    expect(headers.map(({ owner: by, waiting }) => [by, waiting?.name])).toEqual([
      [owner, undefined],
      [owner, undefined],
      [undefined, 'start'],
      [undefined, 'start'],
      [undefined, undefined],
      [owner, undefined],
    ]);
  });

  it('gives it to every reader of the saga, and to a worker with its claim', async () => {
    const saga = await world.start({ key: 'with-a-deadline', deadlineInMs: hourMs });
    const { sagaId } = saga;
    const { deadlineAt } = await world.header(sagaId);
    expect(deadlineAt).toBeInstanceOf(Date);
    const page = await world.storage.list({ saga: saga.saga, limit: 1 });
    const [outline] = await world.storage.readOutlines([sagaId]);
    const [claimed] = await world.storage.claim({
      worker: await world.newWorker(),
      sagas: [identityOf(saga)],
      limit: 1,
    });
    const read = [
      await world.storage.find(sagaId),
      await world.storage.findByKey(saga.saga, 'with-a-deadline'),
      page.sagas[0],
      outline?.header,
      claimed?.header,
    ];
    expect(read.map((header) => header?.deadlineAt)).toEqual(read.map(() => deadlineAt));
    await expect(world.storage.start({ ...saga, deadlineInMs: minuteMs })).resolves.toMatchObject({
      kind: 'exists',
      header: { deadlineAt },
    });
  });

  it('lets a saga that goes forward wait without an owner until its deadline at the latest', async () => {
    const owner = await world.newWorker();
    const soon = new Date('2026-01-01T00:00:00.000Z');
    const late = new Date('2126-03-01T12:00:00.123Z');
    const parks: readonly HeaderChange[] = [
      changeTo.parked(2 * hourMs),
      changeTo.parked(undefined),
      changeTo.parkedUntil(late),
      changeTo.parkedUntil(soon),
      changeTo.parked(minuteMs),
    ];
    for (const isAlone of [true, false]) {
      const sagas = await Promise.all(parks.map(() => world.start({ owner, deadlineInMs: hourMs })));
      const parked = sagas.map(({ sagaId }, index) => [sagaId, parks[index]] as const);
      if (isAlone)
        for (const [sagaId, change] of parked) await world.append(sagaId, entryOf.actParked, change, owner);
      else
        await Promise.all(
          parked.map(([sagaId, change]) => world.append(sagaId, entryOf.actParked, change, owner)),
        );
      const loaded = await Promise.all(sagas.map(({ sagaId }) => world.load(sagaId)));
      const [first, second, third, fourth, fifth] = loaded.map(({ header }) => header.nextRunAt);
      const deadlines = loaded.map(({ header }) => header.deadlineAt);
      expect([first, second, third]).toEqual(deadlines.slice(0, 3));
      expect(fourth).toEqual(soon);
      const parkedAt = loaded[4]?.entries[0]?.recordedAt.getTime() ?? Number.NaN;
      expect(fifth).toEqual(new Date(parkedAt + minuteMs));
    }
  });

  it('lets a saga that continues after its deadline wait as long as its park says', async () => {
    const owner = await world.newWorker();
    const late = new Date('2126-03-01T12:00:00.123Z');
    const parks = [changeTo.parked(2 * hourMs), changeTo.parked(undefined), changeTo.parkedUntil(late)].map(
      (change): HeaderChange => ({ ...change, isDeadlineMet: true }),
    );
    for (const isAlone of [true, false]) {
      const sagas = await Promise.all(parks.map(() => world.start({ owner, deadlineInMs: minuteMs })));
      const append = ({ sagaId }: NewSaga, index: number): Promise<void> =>
        world.append(sagaId, entryOf.actParked, parks[index], owner);
      if (isAlone) for (const [index, saga] of sagas.entries()) await append(saga, index);
      else await Promise.all(sagas.map(append));
      const loaded = await Promise.all(sagas.map(({ sagaId }) => world.load(sagaId)));
      const parkedAt = loaded[0]?.entries[0]?.recordedAt.getTime() ?? Number.NaN;
      expect(loaded.map(({ header }) => header.nextRunAt)).toEqual([
        new Date(parkedAt + 2 * hourMs),
        undefined,
        late,
      ]);
    }
  });

  it('lets neither an undo that is parked end at its deadline, nor a saga that is not parked have a time', async () => {
    const owner = await world.newWorker();
    const undoing: HeaderChange = { ...changeTo.parked(2 * hourMs), status: 'compensating' };
    const changes = [undoing, changeTo.compensating(owner), changeTo.stuck()];
    for (const isAlone of [true, false]) {
      const sagas = await Promise.all(changes.map(() => world.start({ owner, deadlineInMs: minuteMs })));
      const append = ({ sagaId }: NewSaga, index: number): Promise<void> =>
        world.append(sagaId, entryOf.actFailed, changes[index], owner);
      if (isAlone) for (const [index, saga] of sagas.entries()) await append(saga, index);
      else await Promise.all(sagas.map(append));
      const loaded = await Promise.all(sagas.map(({ sagaId }) => world.load(sagaId)));
      const parkedAt = loaded[0]?.entries[0]?.recordedAt.getTime() ?? Number.NaN;
      expect(loaded.map(({ header }) => header.nextRunAt)).toEqual([
        new Date(parkedAt + 2 * hourMs),
        undefined,
        undefined,
      ]);
    }
  });
}
