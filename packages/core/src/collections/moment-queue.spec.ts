import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MomentQueue } from './moment-queue.js';

describe('a queue of moments', () => {
  it('gives what is due, the earliest first, and each value once', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.nat(50), isAsked: fc.boolean() })), (events) => {
        const queue = new MomentQueue<number>();
        let waiting: readonly (readonly [at: number, value: number])[] = [];
        events.forEach(({ at, isAsked }, value) => {
          if (!isAsked) {
            queue.add(at, value);
            waiting = [...waiting, [at, value]];
            return;
          }
          const due = queue.takeDue(at);
          const expected = waiting.filter(([moment]) => moment <= at);
          expect(new Set(due)).toEqual(new Set(expected.map(([, one]) => one)));
          expect(due).toHaveLength(expected.length);
          const moments = due.map((one) => events[one]?.at ?? 0);
          expect(moments).toEqual(moments.toSorted((first, second) => first - second));
          waiting = waiting.filter(([moment]) => moment > at);
        });
      }),
    );
  });
});
