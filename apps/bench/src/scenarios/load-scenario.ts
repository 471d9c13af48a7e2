import { runInChild } from '../child/child-process.js';
import { ContestantName } from '../contestants/contestant.js';
import type { LoadMeasurement } from '../measure/load-measurement.js';
import type { LoadWindow } from '../measure/measure-load.js';
import { toleratedForeignCores, untilQuiet } from '../measure/until-quiet.js';
import type { SagaShape } from '../sample/saga-shape.js';
import type { BenchServer } from '../server/bench-server.js';

/** What is compared with what, over which saga, at which loads. */
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
 * Measures every contestant at every load, round after round, so that what changes on the machine meanwhile meets all
 * of them. Each measurement has a process and an empty database of its own, and begins after a checkpoint (dropping
 * the database before it makes one).
 */
export async function runLoadScenario(
  scenario: LoadScenario,
  window: PatientWindow,
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

/** Windows, and how long a measurement may wait for a machine that has nothing else to do; 0 for not at all. */
export interface PatientWindow extends LoadWindow {
  readonly patienceMs: number;
}

/**
 * One measurement on a given database. With patience, it waits for a quiet machine, and what was disturbed all the same
 * is measured again while there is patience left; the least disturbed one counts.
 */
export async function measureOn(
  databaseUrl: string,
  serverPid: number,
  {
    window,
    ...what
  }: Pick<LoadSample, 'contestant' | 'shape' | 'atOnce'> & { readonly window: PatientWindow },
): Promise<LoadMeasurement> {
  const needsServer = what.contestant !== ContestantName.Memory;
  const deadline = performance.now() + window.patienceMs;
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

/** Each round begins with another one: none is always the first after a pause. */
function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = by % Math.max(1, items.length);
  return [...items.slice(at), ...items.slice(0, at)];
}
