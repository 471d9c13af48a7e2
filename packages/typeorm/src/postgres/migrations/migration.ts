import type { Tables } from '../tables.js';

/** One step from a version of the schema to the next. Never changed after its release. */
export interface Migration {
  /** From 1, without gaps. */
  readonly version: number;
  readonly name: string;
  /** The statements of the step, in the given schema. */
  up(tables: Tables): readonly string[];
}
