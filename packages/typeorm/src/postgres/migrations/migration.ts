import type { Tables } from '../tables.js';

/** One step from a schema to the next. Never changed once released. */
export interface Migration {
  /** From 1, without gaps. */
  readonly version: number;
  readonly name: string;
  /** The statements that make the step, in the given schema. */
  up(tables: Tables): readonly string[];
}
