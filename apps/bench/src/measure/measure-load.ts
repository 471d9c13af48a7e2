import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from '../contestants/contestant.js';
import type { LoadMeasurement } from './load-measurement.js';
import { readMachineCpuMs } from './machine-cpu.js';
import { percentile } from './percentiles.js';
import type { ServerCounterReader } from './server-counters.js';
import { readServerCpuMs } from './server-cpu.js';

/** The durations of a measurement. */
export interface LoadWindow {
  /** The time before the window: code is compiled, and connections are opened. */
  readonly warmUpMs: number;
  /**
   * The warm-up continues until this number of calls has ended, up to five times its length: a single caller runs few
   * calls in a second, and the measurement would include code that V8 has not compiled yet.
   */
  readonly warmUpCalls: number;
  readonly measureMs: number;
}

/** The server of a contestant. */
export interface MeasuredServer {
  readonly pid: number;
  readonly counters: ServerCounterReader;
}

/** The maximum factor by which a warm-up becomes longer. */
const longestWarmUp = 5;

/** The maximum factor by which a window becomes longer, if a caller has not ended a call in it. */
const longestMeasure = 4;

/**
 * Drives a contestant in a closed loop, in which each caller starts its next saga when its last one has ended, and
 * measures a window in the middle of it. Rejects with the first error of the contestant.
 */
export async function measureLoad(
  contestant: Contestant,
  window: LoadWindow,
  server: MeasuredServer | undefined,
): Promise<LoadMeasurement> {
  const latencies: number[] = [];
  let warmUpCalls = 0;
  const phase = { isMeasuring: false, isOver: false };
  const call = async (): Promise<void> => {
    while (!phase.isOver) {
      const startedAt = performance.now();
      await contestant.run();
      if (phase.isMeasuring) latencies.push(performance.now() - startedAt);
      else warmUpCalls += 1;
    }
  };
  const callers = Promise.all(Array.from({ length: contestant.callers }, call));
  const measuring = (async () => {
    await sleepUntil(window.warmUpMs, longestWarmUp, () => warmUpCalls >= window.warmUpCalls);
    const before = await readAll(server);
    phase.isMeasuring = true;
    await sleepUntil(window.measureMs, longestMeasure, () => latencies.length >= contestant.callers);
    phase.isMeasuring = false;
    const after = await readAll(server);
    phase.isOver = true;
    return { before, after };
  })();
  const [{ before, after }] = await Promise.all([measuring, Promise.race([callers, measuring])]);
  await callers;
  return summarize(latencies, contestant.sagasPerCall, before, after);
}

/** Sleeps for this long, and again up to `times` times until it is enough. */
async function sleepUntil(ms: number, times: number, isEnough: () => boolean): Promise<void> {
  for (let slept = 0; slept < times && (slept === 0 || !isEnough()); slept++) await sleep(ms);
}

interface Reading {
  readonly at: number;
  readonly clientCpuMs: number;
  readonly serverCpuMs: number | undefined;
  readonly machineCpuMs: number | undefined;
  readonly commits: number | undefined;
  readonly walBytes: number | undefined;
}

async function readAll(server: MeasuredServer | undefined): Promise<Reading> {
  const counters = await server?.counters.read();
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    clientCpuMs: (user + system) / 1_000,
    serverCpuMs: server === undefined ? undefined : readServerCpuMs(server.pid),
    machineCpuMs: readMachineCpuMs(),
    commits: counters?.commits,
    walBytes: counters?.walBytes,
  };
}

function summarize(
  latencies: readonly number[],
  sagasPerCall: number,
  before: Reading,
  after: Reading,
): LoadMeasurement {
  const sagas = latencies.length * sagasPerCall;
  const seconds = (after.at - before.at) / 1_000;
  const sorted = [...latencies].sort((one, other) => one - other);
  const perSaga = (name: 'clientCpuMs' | 'serverCpuMs' | 'commits' | 'walBytes'): number | null => {
    const from = before[name];
    const to = after[name];
    return from === undefined || to === undefined || sagas === 0 ? null : (to - from) / sagas;
  };
  return {
    sagas,
    seconds,
    sagasPerSecond: sagas / seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    clientCpuMs: perSaga('clientCpuMs') ?? 0,
    serverCpuMs: perSaga('serverCpuMs'),
    commitsPerSaga: perSaga('commits'),
    walBytesPerSaga: perSaga('walBytes'),
    foreignCores: foreignCoresOf(before, after),
  };
}

/** The processor time of the machine without this process and the server. */
function foreignCoresOf(before: Reading, after: Reading): number | null {
  if (before.machineCpuMs === undefined || after.machineCpuMs === undefined) return null;
  const machine = after.machineCpuMs - before.machineCpuMs;
  const client = after.clientCpuMs - before.clientCpuMs;
  const server = (after.serverCpuMs ?? 0) - (before.serverCpuMs ?? 0);
  return Math.max(0, machine - client - server) / (after.at - before.at);
}
