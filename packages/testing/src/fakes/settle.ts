/**
 * Resolves once every promise that can settle by itself has settled: what waits for a timer of a `FakeClock`, for an
 * answer that is held or for I/O does not.
 */
export function settle(): Promise<void> {
  // A macrotask runs only after the queue of microtasks is empty, however long the chains in it are.
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
