import type { BenchResults } from '../command/bench-results.js';
import { median } from '../measure/percentiles.js';
import { fixed, megabytes, whole } from './figures.js';
import type { BranchesResult } from '../scenarios/branches.js';
import type { WakeUpResult } from '../scenarios/wake-up.js';
import { markdownTable } from './markdown-table.js';

/** Rate and memory over many sagas in one process. */
export function soakTable({ soaks }: BenchResults): string {
  const rows = soaks.flatMap(({ contestant, atOnce, marks }) =>
    marks.map(({ sagas, sagasPerSecond, heapBytes, rssBytes }) => [
      `${contestant}, ${whole(atOnce)} at once`,
      whole(sagas),
      whole(sagasPerSecond),
      megabytes(heapBytes),
      megabytes(rssBytes),
    ]),
  );
  return markdownTable(['process', 'sagas so far', 'sagas/s since', 'heap MB', 'RSS MB'], rows);
}

/** The figures that were measured once, as sentences. */
export function findings({
  moduleStart,
  inFlight,
  queue,
  wakeUps,
  soaks,
  branches,
}: BenchResults): readonly string[] {
  return [
    ...soaks.flatMap(({ storedBytesPerSaga, shape }) =>
      storedBytesPerSaga === null ? [] : [storedFinding(storedBytesPerSaga, shape?.keepsContext === true)],
    ),
    ...(moduleStart === null ? [] : [startFinding(moduleStart)]),
    ...(inFlight === null ? [] : inFlightFindings(inFlight)),
    ...(queue === null ? [] : [queueFinding(queue)]),
    ...(wakeUps ?? []).map(wakeUpFinding),
    ...(branches === undefined || branches === null ? [] : [branchesFinding(branches)]),
  ];
}

function storedFinding(bytes: number, keepsContext: boolean): string {
  const saga = keepsContext ? 'A finished saga whose steps leave the context as it is' : 'A finished saga';
  return `${saga} keeps ${whole(bytes)} bytes on disk, its indexes included.`;
}

function startFinding({ withMs, withoutMs, first }: NonNullable<BenchResults['moduleStart']>): string {
  const [withModule, without] = [median(withMs), median(withoutMs)];
  const firstFinding =
    first === undefined
      ? ''
      : ` A first start, which makes the tables, takes ${fixed(median(first.withMs) - median(first.withoutMs), 0)} ms more.`;
  return (
    `An application with TypeORM starts in ${whole(without)} ms without sagas and in ${whole(withModule)} ms with ` +
    `\`SagaModule\` on tables that are there: ${fixed(withModule - without, 0)} ms more (medians of ` +
    `${withMs.length} starts).${firstFinding}`
  );
}

function inFlightFindings({
  memory,
  heartbeat,
  rescue,
}: NonNullable<BenchResults['inFlight']>): readonly string[] {
  const over = memory.heapBytesPerSaga - memory.contextBytesPerSaga;
  const times = [
    rescue.untilFirstClaimSeconds,
    rescue.untilLastClaimSeconds,
    rescue.untilAllCompletedSeconds,
  ];
  const [first, last, all] = times.map((seconds) => fixed(seconds, 1));
  return [
    `A saga in flight holds ${whole(memory.heapBytesPerSaga)} bytes of heap, ${whole(over)} of them over its context ` +
      `as an object and as text (${whole(memory.sagas)} sagas that wait in their second step).`,
    `While ${whole(heartbeat.sagas)} sagas waited for ${fixed(heartbeat.seconds, 1)} s, their process renewed its ` +
      `lease every ${whole(heartbeat.renewalIntervalMs)} ms: ${heartbeat.commits} commits, which touched ` +
      `${heartbeat.workerRows} row of the workers, ${heartbeat.headerRows} headers and ${heartbeat.journalRows} ` +
      'journal entries.',
    `${whole(rescue.sagas)} sagas of a killed process: the first was claimed ${first} s after its lease was over, the ` +
      `last ${last} s, and all were completed ${all} s after it.`,
  ];
}

function queueFinding(queue: NonNullable<BenchResults['queue']>): string {
  return (
    `${whole(queue.sagas)} queued sagas and ${queue.workers} worker processes: queued at ` +
    `${whole(queue.enqueuedPerSecond)} a second, completed at ${whole(queue.completedPerSecond)} a second, claimed ` +
    `${queue.claimed.map(whole).join(' and ')}.`
  );
}

function branchesFinding({ oneMs, threeMs, itemsMs, stepMs, items, concurrency }: BranchesResult): string {
  return (
    `A saga with one step of ${stepMs} ms takes ${fixed(median(oneMs), 1)} ms, one with three of them side by side ` +
    `${fixed(median(threeMs), 1)} ms, and one with ${items} items, ${concurrency} at a time, ` +
    `${fixed(median(itemsMs), 1)} ms (medians of ${oneMs.length} sagas, one at a time).`
  );
}

function wakeUpFinding({ place, sagas, medianMs, longestMs }: WakeUpResult): string {
  return (
    `A parked saga continues ${fixed(median(medianMs), 1)} ms after its signal (${place}): the median of the medians of ` +
    `${medianMs.length} rounds of ${whole(sagas)} sagas (${medianMs.map((ms) => fixed(ms, 1)).join(', ')} ms); the longest ` +
    `took ${whole(Math.max(...longestMs))} ms.`
  );
}
