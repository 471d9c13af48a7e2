import type { Clock, IdGenerator } from '@nest-saga/core';
import { randomUUID } from 'node:crypto';

/** Real time for a benchmark. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  startTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Real ids for a benchmark. */
export const systemIds: IdGenerator = { nextId: () => randomUUID(), random: () => Math.random() };
