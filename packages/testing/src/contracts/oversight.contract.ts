/// <reference types="jest" />
import { redeliverAction } from '@nest-saga/core/storage-kit';
import type { SagaOversight } from '@nest-saga/core/storage-kit';
import type { StorageWorld } from './storage-world.js';

/** The promises to the people who operate sagas. */
export function describeOversight(world: StorageWorld): void {
  const error = { name: 'SmtpError', message: 'mail"box\'s full' };

  it('keeps what people did about a saga, the newest first, for every process', async () => {
    const [saga, other] = [await world.start(), await world.start()];
    const note = 'a customer asked';
    const acts = [
      { actor: 'ada', action: 'reveal context', sagaId: saga.sagaId, seq: undefined, note: undefined },
      { actor: 'grace', action: 'reveal response', sagaId: saga.sagaId, seq: 3, note },
      { actor: 'ada', action: 'reveal context', sagaId: other.sagaId, seq: undefined, note },
    ];
    for (const act of acts) await oversightOf(world).record(act);
    const kept = await oversightOf(world, 'another').listAudit(saga.sagaId, 10);
    expect(kept.map(({ at: _at, ...act }) => act)).toEqual([acts[1], acts[0]]);
    expect(kept.every(({ at }) => !Number.isNaN(at.getTime()))).toBe(true);
    await expect(oversightOf(world).listAudit(saga.sagaId, 1)).resolves.toHaveLength(1);
  });

  it('keeps hostile texts of people unchanged', async () => {
    const { sagaId } = await world.start();
    const actor = '<img src=x onerror=alert(1)>\u202e \'"; DROP TABLE saga_audit; --';
    await oversightOf(world).record({ actor, action: 'reveal context', sagaId, seq: undefined, note: actor });
    await expect(oversightOf(world).listAudit(sagaId, 10)).resolves.toMatchObject([{ actor, note: actor }]);
  });

  it('lists the workers with the sagas that they own, those with a valid lease first', async () => {
    const [alive, dead] = [await world.newWorker(), await world.newWorker()];
    await world.start({ owner: alive });
    await world.start({ owner: alive });
    await world.start({ owner: dead });
    await world.expire(dead);
    const workers = await oversightOf(world).listWorkers();
    const known = workers.filter(({ worker }) => worker === alive || worker === dead);
    expect(known).toMatchObject([
      { worker: alive, isAlive: true, owned: 2 },
      { worker: dead, isAlive: false, owned: 1 },
    ]);
    expect(known[0]?.leaseMs).toBeGreaterThan(0);
    expect(known[1]?.leaseMs).toBeLessThanOrEqual(0);
    const isSorted =
      workers.findLastIndex(({ isAlive }) => isAlive) < workers.findIndex(({ isAlive }) => !isAlive);
    expect(isSorted).toBe(true);
  });

  it('lists failed deliveries until a person repeats them', async () => {
    const [saga, other] = [await world.start(), await world.start()];
    const failed = { kind: 'delivery-failed', emittedSeq: 2, index: 0, handler: 'Mail.send', error } as const;
    await world.append(saga.sagaId, failed);
    await world.append(other.sagaId, { ...failed, emittedSeq: 1 });
    const listed = async (): Promise<readonly string[]> =>
      (await oversightOf(world).listFailedDeliveries(1_000))
        .filter(({ sagaId }) => sagaId === saga.sagaId || sagaId === other.sagaId)
        .map(({ sagaId }) => sagaId)
        .toSorted();
    await expect(listed()).resolves.toEqual([saga.sagaId, other.sagaId].toSorted());
    const [found] = (await oversightOf(world).listFailedDeliveries(1_000)).filter(
      ({ sagaId }) => sagaId === saga.sagaId,
    );
    expect(found).toMatchObject({ saga: saga.saga, seq: 1, emittedSeq: 2, handler: 'Mail.send', error });
    const act = { actor: 'ada', action: redeliverAction, sagaId: saga.sagaId, note: undefined };
    await oversightOf(world).record({ ...act, seq: 1 });
    await expect(listed()).resolves.toHaveLength(2);
    await oversightOf(world).record({ ...act, seq: 2 });
    await expect(listed()).resolves.toEqual([other.sagaId]);
  });
}

function oversightOf(world: StorageWorld, which: 'storage' | 'another' = 'storage'): SagaOversight {
  const { oversight } = world[which];
  if (oversight === undefined) throw new Error('the storage has no oversight');
  return oversight;
}
