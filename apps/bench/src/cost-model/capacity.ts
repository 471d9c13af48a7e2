import type { SagaCosts } from './saga-costs.js';

/** A database server and its resources. */
export interface DatabaseServer {
  readonly cores: number;
  /** How many bytes of the log its disk can write in a second. */
  readonly logBytesPerSecond: number;
}

/** The sagas that the server has to run. */
export interface SagaLoad {
  /** The durable writes of a saga: n + 1 for n steps. */
  readonly writes: number;
  /** The number of rows in a statement; 1 if few sagas run at the same time. */
  readonly rowsInStatement: number;
}

/** The resource that is exhausted first. */
export const Bottleneck = { ServerCores: 'server cores', LogBandwidth: 'log bandwidth' } as const;

export type Bottleneck = (typeof Bottleneck)[keyof typeof Bottleneck];

/** The capacity of a database server. */
export interface Capacity {
  readonly sagasPerSecond: number;
  readonly bottleneck: Bottleneck;
  /** The number of single-threaded processes that use it fully. */
  readonly processes: number;
  readonly logBytesPerSecond: number;
}

/**
 * The share of time that cores may be busy permanently: above it, waiting times grow, and vacuum and backups have no
 * room.
 */
const sustainedShare = 0.7;

/**
 * Computes how many sagas a second a server can run permanently, which resource limits that, and how many processes it
 * takes. Counts only processor time and log bytes: the simulation also includes waiting.
 */
export function capacityOf(costs: SagaCosts, server: DatabaseServer, load: SagaLoad): Capacity {
  const statements = load.writes / load.rowsInStatement;
  const serverMs = load.writes * costs.serverRowMs + statements * costs.serverStatementMs;
  const clientMs = load.writes * costs.clientRowMs + statements * costs.clientStatementMs;
  const walBytes = load.writes * costs.walRowBytes;
  const byCores = (server.cores * 1_000 * sustainedShare) / serverMs;
  const byLog = server.logBytesPerSecond / walBytes;
  const sagasPerSecond = Math.min(byCores, byLog);
  return {
    sagasPerSecond,
    bottleneck: byCores <= byLog ? Bottleneck.ServerCores : Bottleneck.LogBandwidth,
    processes: Math.max(1, Math.ceil((sagasPerSecond * clientMs) / 1_000 / sustainedShare)),
    logBytesPerSecond: sagasPerSecond * walBytes,
  };
}
