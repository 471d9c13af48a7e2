import { runInChild, startChild } from '../child/child-process.js';
import { median } from '../measure/percentiles.js';
import type { BenchServer } from '../server/bench-server.js';

/** Where a saga continues after its signal. */
export type WakeUpPlace = 'same process' | 'another process, with hints' | 'another process, without hints';

/** The time from the call of `signal()` until the next step of a parked saga begins. */
export interface WakeUpResult {
  readonly place: WakeUpPlace;
  readonly sagas: number;
  /** The median of each round, in milliseconds. */
  readonly medianMs: readonly number[];
  /** The longest time of each round, in milliseconds. */
  readonly longestMs: readonly number[];
}

const places: readonly WakeUpPlace[] = [
  'same process',
  'another process, with hints',
  'another process, without hints',
];

/** Measures how soon parked sagas continue after a signal, with the module's defaults, each round on new databases. */
export async function runWakeUps(
  { sagas, rounds }: { readonly sagas: number; readonly rounds: number },
  server: BenchServer,
): Promise<readonly WakeUpResult[]> {
  const samples = new Map(places.map((place) => [place, [] as (readonly number[])[]]));
  for (let round = 0; round < rounds; round++) {
    for (const place of places) samples.get(place)?.push(await wakeUp(place, sagas, server));
  }
  return [...samples].map(([place, ofRounds]) => ({
    place,
    sagas,
    medianMs: ofRounds.map(median),
    longestMs: ofRounds.map((times) => Math.max(...times)),
  }));
}

async function wakeUp(place: WakeUpPlace, sagas: number, server: BenchServer): Promise<readonly number[]> {
  return await server.onNewDatabase(async (databaseUrl) => {
    const hints = place !== 'another process, without hints';
    const worker = place === 'same process';
    if (worker) return await runInChild({ kind: 'signal', databaseUrl, sagas, worker, hints });
    const resumer = startChild({ kind: 'resume', databaseUrl, hints });
    try {
      await resumer.answer;
      return await runInChild({ kind: 'signal', databaseUrl, sagas, worker, hints });
    } finally {
      await resumer.end();
    }
  });
}
