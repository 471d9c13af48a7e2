/// <reference types="jest" />
import type { StorageHint } from '@nest-saga/core';
import type { StorageWorld } from './storage-world.js';
import { cancelAt } from './storage-world.js';

/** The promises of `onHint`, if a storage has it. */
export function describeHints(world: StorageWorld): void {
  const isHinting = (): boolean => world.another.onHint !== undefined;

  it('hints at work when a saga is queued, or has no hints at all', async () => {
    const hints: StorageHint[] = [];
    const end = world.another.onHint?.((hint) => hints.push(hint));
    await world.start();
    if (isHinting()) await world.until('the hint', () => hints.some(({ kind }) => kind === 'work'));
    end?.();
    expect(hints.some(({ kind }) => kind === 'work')).toBe(isHinting());
  });

  it('hints at the saga when a request is made for it, or has no hints at all', async () => {
    const saga = await world.start({ owner: await world.newWorker() });
    const hints: StorageHint[] = [];
    const end = world.another.onHint?.((hint) => hints.push(hint));
    await world.append(saga.sagaId, cancelAt(saga.sagaId, 1).entry);
    const isTold = (): boolean => hints.some((hint) => hint.kind === 'saga' && hint.sagaId === saga.sagaId);
    if (isHinting()) await world.until('the hint', isTold);
    end?.();
    expect(isTold()).toBe(isHinting());
  });

  it('hints at nothing any more once the listener has ended', async () => {
    const [ended, going]: [StorageHint[], StorageHint[]] = [[], []];
    const end = world.another.onHint?.((hint) => ended.push(hint));
    const endOther = world.another.onHint?.((hint) => going.push(hint));
    end?.();
    await world.start();
    if (isHinting()) await world.until('the hint to the other listener', () => going.length > 0);
    endOther?.();
    expect(ended).toEqual([]);
  });
}
