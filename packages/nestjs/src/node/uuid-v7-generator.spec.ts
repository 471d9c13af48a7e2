import { describe, expect, it } from '@jest/globals';
import { checkSagaId } from '@nest-saga/core/engine';
import { UuidV7Generator } from './uuid-v7-generator.js';

describe('UuidV7Generator', () => {
  const ids = Array.from({ length: 10_000 }, () => undefined);

  it('draws UUIDs of version 7 in lower case, and none twice', () => {
    const generator = new UuidV7Generator();
    const drawn = ids.map(() => generator.nextId());
    for (const id of drawn)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(drawn.map(checkSagaId)).toEqual(drawn);
  });

  it('begins with the time', () => {
    const before = Date.now();
    const id = new UuidV7Generator().nextId();
    const time = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('uses every random bit', () => {
    const generator = new UuidV7Generator();
    const seen = ids.map(() => BigInt(`0x${generator.nextId().replaceAll('-', '').slice(12)}`));
    const ones = seen.reduce((all, bits) => all | bits, 0n);
    const always = seen.reduce((all, bits) => all & bits, ones);
    expect(ones.toString(16)).toBe('7fffbfffffffffffffff');
    expect(always.toString(16)).toBe('70008000000000000000');
  });

  it('draws numbers from 0 to below 1', () => {
    const generator = new UuidV7Generator();
    const drawn = ids.map(() => generator.random());
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
  });
});
