import { SeededRandom } from '../simulation/seeded-random.js';
import { FaultLab } from './fault-lab.js';
import type { FaultReport } from './fault-lab.js';
import { databaseFaults, networkFaults, processFaults } from './faults.js';
import type { Fault } from './faults.js';
import type { LoadCounts } from './load.js';
import { pause } from './wait.js';

/** How long and how hard. */
export interface SoakSettings {
  readonly minutes: number;
  readonly seed: number;
  /** A server that does not suffer, for the outside world. */
  readonly worldServerUrl: string;
  readonly onProgress: (line: string) => void;
}

/** What a soak came to. */
export interface SoakReport {
  readonly sagas: number;
  readonly sagasPerSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly troubles: Readonly<Record<string, number>>;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly counts: LoadCounts;
  readonly problems: readonly string[];
}

const workers = 4;
const clients = 6;
/** A longer soak is made of rounds, each judged by itself. */
const roundMinutes = 5;

/** Four workers under load, with faults of the database, the network and the processes at the same time. */
export async function soak(settings: SoakSettings): Promise<SoakReport> {
  const startedAt = performance.now();
  const random = new SeededRandom(settings.seed);
  const faults: Record<string, number> = {};
  const reports: FaultReport[] = [];
  for (let rest = settings.minutes; rest > 0; rest -= roundMinutes) {
    const report = await soakRound(Math.min(rest, roundMinutes) * 60_000, settings, random, faults);
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
    counts: sumOf(reports.map(({ counts }) => ({ ...counts }))) as Readonly<Record<keyof LoadCounts, number>>,
    problems: reports.flatMap(({ problems }) => problems),
  };
}

async function soakRound(
  durationMs: number,
  { worldServerUrl, onProgress }: SoakSettings,
  random: SeededRandom,
  faults: Record<string, number>,
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
      while (performance.now() < until) {
        await pause(random.between(300, 3_000));
        const fault = kinds[random.between(0, kinds.length - 1)];
        if (fault === undefined) return;
        faults[fault.name] = (faults[fault.name] ?? 0) + 1;
        onProgress(`${lab.started} sagas started; now: ${fault.name}`);
        await lab.sufferAnyhow(fault);
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

function sumOf(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const [name, count] of all.flatMap((one) => Object.entries(one))) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
