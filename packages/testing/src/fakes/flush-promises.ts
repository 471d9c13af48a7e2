import { setImmediate } from 'node:timers';

/**
 * Resolves when all promises have settled that can settle by themselves. Promises that wait for a timer of a
 * `FakeClock`, for a held answer or for I/O stay pending.
 */
export function flushPromises(): Promise<void> {
  // A macrotask runs only after the queue of microtasks is empty, however long its chains are. The function is not the
  // global one, which a test runner may have replaced.
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
