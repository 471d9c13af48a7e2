import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReleasingMap } from './releasing-map.js';

const a = { name: 'a' };
const b = { name: 'b' };

describe('ReleasingMap', () => {
  it('returns the last value of a key', () => {
    const map = new ReleasingMap<string, object>();
    map.set('one', a);
    map.set('one', b);
    expect(map.get('one')).toBe(b);
    expect(map.get('two')).toBeUndefined();
    expect([map.has('one'), map.has('two')]).toEqual([true, false]);
    expect(map.size).toBe(1);
  });

  it('removes a deleted value, and says whether it was there', () => {
    const map = new ReleasingMap<string, object>();
    map.set('one', a);
    expect(map.delete('one')).toBe(true);
    expect(map.delete('one')).toBe(false);
    expect(map.get('one')).toBeUndefined();
    expect(map.size).toBe(0);
  });

  it('goes through its entries in order, without those that are deleted meanwhile', () => {
    const map = new ReleasingMap<string, object>();
    map.set('one', a);
    map.set('two', b);
    map.set('three', a);
    const seen: string[] = [];
    for (const [key] of map.entries()) {
      seen.push(key);
      map.delete('two');
    }
    expect(seen).toEqual(['one', 'three']);
    expect([...map.values()]).toEqual([a, a]);
  });

  // An iterator that stopped halfway keeps the old table, as an outgrown table does.
  it.each([
    ['a Map still holds', () => new Map<number, object>(), expect.any(Object)],
    ['a ReleasingMap holds nothing of', () => new ReleasingMap<number, object>(), undefined],
  ])('%s what was taken out while an outgrown table is kept', async (_title, make, expected) => {
    const map = make();
    put(map, 0);
    const taken = put(map, 1);
    const entries = map.entries();
    entries.next();
    for (let key = 2; key < 100; key++) put(map, key);
    for (let key = 0; key < 100; key++) map.delete(key);

    await collectGarbage();
    expect(taken.deref()).toEqual(expected);
    expect([...entries]).toEqual([]);
  });
});

function put(map: { set(key: number, value: object): unknown }, key: number): WeakRef<object> {
  const value = { key };
  map.set(key, value);
  return new WeakRef(value);
}

/** A value that a WeakRef returned stays alive for the rest of that turn of the event loop. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}
