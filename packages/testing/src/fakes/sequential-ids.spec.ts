import { SequentialIds } from './sequential-ids.js';

describe('SequentialIds', () => {
  it('gives UUIDs that count up and never collide with those of another series', () => {
    const [ids, others] = [new SequentialIds(0.5), new SequentialIds(0, 255)];
    expect([ids.nextId(), ids.nextId(), others.nextId()]).toEqual([
      '00000000-0000-7000-8000-000000000001',
      '00000000-0000-7000-8000-000000000002',
      '00000000-00ff-7000-8000-000000000001',
    ]);
  });

  it('gives the randomness that was chosen', () => {
    const ids = new SequentialIds(0.5);
    expect(ids.random()).toBe(0.5);
    ids.nextRandom = 0.9;
    expect(ids.random()).toBe(0.9);
  });
});
