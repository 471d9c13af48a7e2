import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition holds, and gives up at a deadline. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`It did not come true in ${deadlineMs} ms: ${what}.`);
    await delay(5);
  }
}
