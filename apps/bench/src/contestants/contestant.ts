import type { SagaShape } from '../sample/saga-shape.js';

/** The options of a contestant. */
export interface ContestantOptions {
  /** An empty database for it alone. */
  readonly databaseUrl: string;
  readonly shape: SagaShape;
  /** The number of sagas that run at the same time. */
  readonly atOnce: number;
}

/** One way to run sagas, opened and ready. */
export interface Contestant {
  /** The number of callers that drive it at the same time. */
  readonly callers: number;
  /** The number of sagas that one call runs. */
  readonly sagasPerCall: number;
  /** Runs sagas to their end. Rejects if one of them does not end as its shape requires. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a contestant: creates its tables and connects. */
export type OpenContestant = (options: ContestantOptions) => Promise<Contestant>;

/** The names of contestants in results. */
export const ContestantName = {
  NestSaga: 'nest-saga',
  Engine: 'nest-saga-engine',
  Memory: 'in-memory',
  Dbos: 'dbos',
  BareInserts: 'bare-inserts',
  GroupedInserts: 'grouped-inserts',
} as const;

export type ContestantName = (typeof ContestantName)[keyof typeof ContestantName];

/** The size of each contestant's connection pool: the default of TypeORM, of DBOS and of `pg`. */
export const poolSize = 10;
