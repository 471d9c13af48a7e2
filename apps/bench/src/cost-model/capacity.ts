import type { SagaCosts } from './saga-costs.js';

/** A database server, and what it is asked to carry. */
export interface DatabaseServer {
  readonly cores: number;
  /** What its disk writes of the log in a second. */
  readonly logBytesPerSecond: number;
}

/** How the sagas are that it carries. */
export interface SagaLoad {
  /** Durable writes that a saga needs: n + 1 for n steps. */
  readonly writes: number;
  /** How many rows share a statement; 1 where few sagas run at once. */
  readonly rowsInStatement: number;
}

/** What runs out first. */
export const Bottleneck = { ServerCores: 'server cores', LogBandwidth: 'log bandwidth' } as const;

export type Bottleneck = (typeof Bottleneck)[keyof typeof Bottleneck];

/** What a database of this size carries. */
export interface Capacity {
  readonly sagasPerSecond: number;
  readonly bottleneck: Bottleneck;
  /** Processes of one thread that it takes to keep it busy. */
  readonly processes: number;
  readonly logBytesPerSecond: number;
}

/** How busy cores may be for long: above it, waiting times grow, and vacuum and backups have no room. */
const sustainedShare = 0.7;

/**
 * How many sagas a second a server carries for long, what then is at its end, and how many processes that takes.
 * Counts processor time and log bytes alone: see the simulation for what waiting does.
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
