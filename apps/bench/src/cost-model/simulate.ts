import { median } from '../measure/percentiles.js';
import { Cores } from './cores.js';
import { EventQueue } from './event-queue.js';
import { LogDevice } from './log-device.js';
import type { SagaCosts } from './saga-costs.js';
import { SimulatedProcess } from './simulated-process.js';

/** Processes, their sagas, and the machines. */
export interface Deployment {
  readonly processes: number;
  /** The number of sagas in flight in each process. */
  readonly atOnce: number;
  /** The durable writes of a saga: n + 1 for n steps. */
  readonly writes: number;
  readonly serverCores: number;
  /** The cores of the processes; 0 if they share those of the server. */
  readonly clientCores: number;
}

/** The long-term figures of a deployment. */
export interface Simulated {
  readonly sagasPerSecond: number;
  readonly p50Ms: number;
  /** The number of writes that one flush of the log makes durable. */
  readonly rowsInFlush: number;
  /** The share of time that each of them is busy, from 0 to 1. */
  readonly clientBusy: number;
  readonly serverBusy: number;
  readonly logBusy: number;
}

/** As in the storage. */
const maximumInFlight = 2;
const rowsInStatement = 500;
const minimumSplitRows = 16;

/** Before this time, the sagas that all began together have not spread yet. */
const settlingMs = 500;
const simulatedMs = 2_000;

/**
 * Simulates processes, server and disk, event by event, with the given costs. It is deterministic. User code, the
 * network, checkpoints and vacuum, locks, and cold caches are left out.
 */
export function simulate(costs: SagaCosts, deployment: Deployment): Simulated {
  const queue = new EventQueue();
  const serverCores = new Cores(queue, deployment.serverCores);
  const sharesCores = deployment.clientCores === 0;
  const clientCores = sharesCores ? serverCores : new Cores(queue, deployment.clientCores);
  const log = new LogDevice(queue, costs.flushMs);
  const latencies: number[] = [];
  let ended = 0;
  const onEnded = (startedAt: number) => {
    ended += 1;
    if (queue.now > settlingMs) latencies.push(queue.now - startedAt);
  };
  const surroundings = {
    queue,
    costs,
    clientCores,
    serverCores,
    log,
    maximumInFlight,
    rowsInStatement,
    minimumSplitRows,
    writes: deployment.writes,
    onEnded,
  };
  for (let process = 0; process < deployment.processes; process++)
    new SimulatedProcess(surroundings, deployment.atOnce).work();

  queue.runUntil(settlingMs);
  const before = { ended, flushes: log.flushes, server: serverCores.busy, client: clientCores.busy };
  queue.runUntil(settlingMs + simulatedMs);
  const sagas = ended - before.ended;
  const flushes = log.flushes - before.flushes;
  return {
    sagasPerSecond: (sagas / simulatedMs) * 1_000,
    p50Ms: median(latencies),
    rowsInFlush: flushes === 0 ? 0 : (sagas * deployment.writes) / flushes,
    clientBusy:
      (clientCores.busy - before.client) / simulatedMs / (deployment.clientCores || deployment.serverCores),
    serverBusy: (serverCores.busy - before.server) / simulatedMs / deployment.serverCores,
    logBusy: (flushes * costs.flushMs) / simulatedMs,
  };
}
