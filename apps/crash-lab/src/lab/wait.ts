/** Resolves after `durationMs` milliseconds. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}

/**
 * Waits for a promise.
 *
 * @throws Error if the promise does not settle in time.
 */
export async function within<Result>(
  limitMs: number,
  promise: Promise<Result>,
  what: string,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for a condition.
 *
 * @throws Error if the condition does not hold in time.
 */
export async function until(
  limitMs: number,
  what: string,
  isMet: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isMet())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
    await pause(25);
  }
}
