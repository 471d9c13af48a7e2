import { median } from '../measure/percentiles.js';
import { Cores } from './cores.js';
import { EventQueue } from './event-queue.js';
import { LogDevice } from './log-device.js';
import type { SagaCosts } from './saga-costs.js';
import { SimulatedProcess } from './simulated-process.js';

/** Who runs how many sagas on what. */
export interface Deployment {
  readonly processes: number;
  /** Sagas under way in each process. */
  readonly atOnce: number;
  /** Durable writes that a saga needs: n + 1 for n steps. */
  readonly writes: number;
  readonly serverCores: number;
  /** Cores that the processes have for themselves; 0 where they share the server's. */
  readonly clientCores: number;
}

/** What such a deployment does, in the long run. */
export interface Simulated {
  readonly sagasPerSecond: number;
  readonly p50Ms: number;
  /** How many writes one flush of the log makes durable. */
  readonly rowsInFlush: number;
  /** How busy each is, from 0 to 1. */
  readonly clientBusy: number;
  readonly serverBusy: number;
  readonly logBusy: number;
}

/** As the storage has them. */
const statementsInFlight = 2;
const rowsInStatement = 500;
const rowsWorthAStatement = 16;

/** Before this, the sagas that all began at once have not spread yet. */
const settlingMs = 500;
const simulatedMs = 2_000;

/**
 * Plays through what processes, server and disk do, event by event, with the given costs. It is deterministic. Left
 * out: user code, the network, checkpoints and vacuum, locks, and caches that grow cold.
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
    statementsInFlight,
    rowsInStatement,
    rowsWorthAStatement,
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
