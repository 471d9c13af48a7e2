import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer, and gives up at a deadline. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false>,
  deadlineMs = 60_000,
): Promise<Answer> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`It did not come true in ${deadlineMs} ms: ${what}.`);
    await delay(25);
  }
}
