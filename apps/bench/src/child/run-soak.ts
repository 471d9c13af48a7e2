import type { Contestant } from '../contestants/contestant.js';
import { openContestant } from '../contestants/open-contestant.js';
import { collectGarbage } from './collect-garbage.js';
import type { SoakMark, SoakTask } from './task.js';

/** Runs many sagas in this one process, and measures rate and memory at each mark. */
export async function runSoak(task: SoakTask): Promise<readonly SoakMark[]> {
  const contestant = await openContestant(task.contestant, task);
  const marks: SoakMark[] = [];
  let total = 0;
  for (const mark of task.marks) {
    const startedAt = performance.now();
    await runSome(contestant, mark - total);
    const seconds = (performance.now() - startedAt) / 1_000;
    collectGarbage();
    const { heapUsed, rss } = process.memoryUsage();
    marks.push({
      sagas: mark,
      sagasPerSecond: (mark - total) / seconds,
      heapBytes: heapUsed,
      rssBytes: rss,
    });
    total = mark;
  }
  await contestant.close();
  return marks;
}

async function runSome(contestant: Contestant, sagas: number): Promise<void> {
  let left = sagas;
  const call = async (): Promise<void> => {
    while (left > 0) {
      left -= contestant.sagasPerCall;
      await contestant.run();
    }
  };
  await Promise.all(Array.from({ length: contestant.callers }, call));
}
