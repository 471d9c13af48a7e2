import type { SagaShape } from '../sample/saga-shape.js';

/** What a contestant is started with. */
export interface ContestantOptions {
  /** An empty database of its own. */
  readonly databaseUrl: string;
  readonly shape: SagaShape;
  /** How many sagas are to be under way at once. */
  readonly atOnce: number;
}

/** One way to run sagas, opened and ready. */
export interface Contestant {
  /** How many callers drive it at once. */
  readonly callers: number;
  /** How many sagas one call runs. */
  readonly sagasPerCall: number;
  /** Runs them to their end. Rejects where one does not end as its shape says. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a contestant: creates its tables and connects. */
export type OpenContestant = (options: ContestantOptions) => Promise<Contestant>;

/** The names that results carry. */
export const ContestantName = {
  NestSaga: 'nest-saga',
  Engine: 'nest-saga-engine',
  Memory: 'in-memory',
  Dbos: 'dbos',
  BareInserts: 'bare-inserts',
  GroupedInserts: 'grouped-inserts',
} as const;

export type ContestantName = (typeof ContestantName)[keyof typeof ContestantName];

/** How many connections each contestant's pool has: the default of TypeORM, of DBOS and of `pg`. */
export const poolSize = 10;
