import { runInChild } from '../child/child-process.js';
import { ContestantName } from '../contestants/contestant.js';
import type { LoadMeasurement } from '../measure/load-measurement.js';
import type { LoadWindow } from '../measure/measure-load.js';
import { toleratedForeignCores, untilQuiet } from '../measure/until-quiet.js';
import type { SagaShape } from '../sample/saga-shape.js';
import type { BenchServer } from '../server/bench-server.js';

/** The contestants of a comparison, their saga, and the loads. */
export interface LoadScenario {
  readonly name: string;
  readonly contestants: readonly ContestantName[];
  readonly shape: SagaShape;
  readonly atOnce: readonly number[];
  readonly rounds: number;
}

/** One measured window. */
export interface LoadSample extends LoadMeasurement {
  readonly scenario: string;
  readonly contestant: ContestantName;
  readonly shape: SagaShape;
  readonly atOnce: number;
  readonly round: number;
}

/**
 * Measures every contestant at every load, round after round, so that changes on the machine affect all of them. Each
 * measurement has its own process and its own empty database, and begins after a checkpoint (which dropping the
 * previous database causes).
 */
export async function runLoadScenario(
  scenario: LoadScenario,
  window: QuietWindow,
  server: BenchServer,
  onSample: (sample: LoadSample) => void,
): Promise<readonly LoadSample[]> {
  const samples: LoadSample[] = [];
  for (let round = 1; round <= scenario.rounds; round++) {
    for (const atOnce of scenario.atOnce) {
      for (const contestant of rotated(scenario.contestants, round)) {
        const measurement = await server.onNewDatabase((databaseUrl) =>
          measureOn(databaseUrl, server.pid, { contestant, shape: scenario.shape, atOnce, window }),
        );
        const { name, shape } = scenario;
        const sample = { scenario: name, contestant, shape, atOnce, round, ...measurement };
        samples.push(sample);
        onSample(sample);
      }
    }
  }
  return samples;
}

/** The durations, and how long a measurement may wait until the machine does no other work; 0 for no wait. */
export interface QuietWindow extends LoadWindow {
  readonly quietTimeoutMs: number;
}

/**
 * One measurement on a given database. If it may wait, it waits for a quiet machine, and a disturbed measurement is
 * repeated until the time is over; the least disturbed one counts.
 */
export async function measureOn(
  databaseUrl: string,
  serverPid: number,
  { window, ...what }: Pick<LoadSample, 'contestant' | 'shape' | 'atOnce'> & { readonly window: QuietWindow },
): Promise<LoadMeasurement> {
  const needsServer = what.contestant !== ContestantName.Memory;
  const deadline = performance.now() + window.quietTimeoutMs;
  let best: LoadMeasurement | undefined;
  do {
    await untilQuiet(Math.max(0, deadline - performance.now()));
    const measurement = await runInChild({
      kind: 'load',
      databaseUrl,
      serverPid: needsServer ? serverPid : undefined,
      window,
      ...what,
    });
    if (best === undefined || (measurement.foreignCores ?? 0) < (best.foreignCores ?? 0)) best = measurement;
  } while ((best.foreignCores ?? 0) > toleratedForeignCores && performance.now() < deadline);
  return best;
}

/** The order of each round begins with a different one, so that none is always the first after a pause. */
function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = by % Math.max(1, items.length);
  return [...items.slice(at), ...items.slice(0, at)];
}
