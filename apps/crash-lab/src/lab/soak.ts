import { SeededRandom } from '../simulation/seeded-random.js';
import { FaultLab } from './fault-lab.js';
import type { FaultReport } from './fault-lab.js';
import { databaseFaults, networkFaults, processFaults } from './faults.js';
import type { Fault } from './faults.js';
import type { LoadCounts } from './load.js';
import { pause } from './wait.js';

/** The duration and the load. */
export interface SoakSettings {
  readonly minutes: number;
  readonly seed: number;
  /** A server without faults, for the outside world. */
  readonly worldServerUrl: string;
  readonly onProgress: (line: string) => void;
}

/** The result of a soak. */
export interface SoakReport {
  readonly sagas: number;
  readonly sagasPerSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly troubles: Readonly<Record<string, number>>;
  /** How often each fault struck: it ran to its end, and was noticed if it must be. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each fault was interrupted by another one. */
  readonly interrupted: Readonly<Record<string, number>>;
  /** How often a worker claimed a saga that another worker had not released. */
  readonly rescues: number;
  readonly counts: LoadCounts;
  readonly problems: readonly string[];
}

const workers = 4;
const clients = 6;
/** A longer soak consists of rounds, each judged separately. */
const roundMinutes = 5;

/** Runs four workers under load, with faults of the database, the network and the processes at the same time. */
export async function soak(settings: SoakSettings): Promise<SoakReport> {
  const startedAt = performance.now();
  const random = new SeededRandom(settings.seed);
  const faults: Record<string, number> = {};
  const interrupted: Record<string, number> = {};
  const reports: FaultReport[] = [];
  for (let rest = settings.minutes; rest > 0; rest -= roundMinutes) {
    const report = await soakRound(Math.min(rest, roundMinutes) * 60_000, settings, random, {
      faults,
      interrupted,
    });
    reports.push(report);
    settings.onProgress(`${report.sagas} sagas judged, ${report.problems.length} violations`);
    if (report.problems.length > 0) break;
  }
  const sagas = reports.reduce((sum, report) => sum + report.sagas, 0);
  return {
    sagas,
    sagasPerSecond: sagas / ((performance.now() - startedAt) / 1_000),
    statuses: sumOf(reports.map(({ statuses }) => statuses)),
    troubles: sumOf(reports.map(({ troubles }) => troubles)),
    faults,
    interrupted,
    rescues: reports.reduce((sum, { rescues }) => sum + rescues, 0),
    counts: sumOf(reports.map(({ counts }) => ({ ...counts }))) as Readonly<Record<keyof LoadCounts, number>>,
    problems: reports.flatMap(({ problems }) => problems),
  };
}

async function soakRound(
  durationMs: number,
  { worldServerUrl, onProgress }: SoakSettings,
  random: SeededRandom,
  { faults, interrupted }: Record<'faults' | 'interrupted', Record<string, number>>,
): Promise<FaultReport> {
  const lab = await FaultLab.open(worldServerUrl);
  try {
    await lab.begin(
      Array.from({ length: workers }, (_, index) => (index - 1) * 3_600_000),
      clients,
      10,
    );
    const until = performance.now() + durationMs;
    const strike = async (kinds: readonly Fault[]): Promise<void> => {
      let turns: readonly Fault[] = [];
      while (performance.now() < until) {
        await pause(random.between(300, 3_000));
        if (turns.length === 0) turns = shuffled(kinds, random);
        const [fault, ...rest] = turns;
        if (fault === undefined) return;
        onProgress(`${lab.started} sagas started; now: ${fault.name}`);
        try {
          await lab.suffer(fault);
          count(faults, fault.name);
          turns = rest;
        } catch (error) {
          // Another fault interfered with it, or ended its target first: it is tried again.
          count(interrupted, fault.name);
          onProgress(`${fault.name} did not strike: ${String(error)}`);
          turns = [...rest, fault];
        }
      }
    };
    const supervise = async (): Promise<void> => {
      while (performance.now() < until) {
        await lab.replaceTheDead(workers);
        await pause(200);
      }
    };
    await Promise.all([strike(databaseFaults), strike(networkFaults), strike(processFaults), supervise()]);
    await lab.heal();
    await lab.replaceTheDead(workers);
    return await lab.finish();
  } finally {
    await lab.close();
  }
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): readonly Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const [name, count] of all.flatMap((one) => Object.entries(one))) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
