/** How long a collection of metrics waits for the storage, in milliseconds. */
const timeoutMs = 3_000;

/** Undefined if the storage fails or takes too long: then this collection has no numbers. */
export async function inTime<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    timer.unref();
    void read()
      .catch(() => undefined)
      .then(resolve)
      .finally(() => clearTimeout(timer));
  });
}
