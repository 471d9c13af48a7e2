import { isSagaError } from '@nest-saga/core/storage-kit';
import type { ErrorConduct } from '@nest-saga/core/storage-kit';
import { sqlStateOf } from './classify-error.js';
import { DeadlineError } from './deadline-error.js';

/** Judges a failed statement by its SQLSTATE. */
export function conductOf(error: unknown): ErrorConduct {
  // It never came to the database: the values of one of them are not what they should be.
  if (!isSagaError(error, 'SAGA_STORAGE_FAILED')) return 'split';
  if (error.cause instanceof DeadlineError) return 'hung';
  if (error.outcome === 'refused') return 'split';
  const state = sqlStateOf(error);
  if (state === undefined) return 'fail';
  return blamesRow.has(state) || blamesRowClasses.has(state.slice(0, 2)) ? 'split' : 'fail';
}

/** Lock not available, statement cancelled: somebody may hold one of the rows. */
const blamesRow: ReadonlySet<string> = new Set(['55P03', '57014']);

/** Conflicts that did not end; what a trigger of the user's raises. What is refused is to blame anyway. */
const blamesRowClasses: ReadonlySet<string> = new Set(['21', '40', '44', 'P0']);

/** Whether the server answered that it cannot read, for a reason that one of the journals may have. */
export function blamesJournal(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && !sharedClasses.has(state.slice(0, 2));
}

/** The connection, the server's resources, an operator: every saga's trouble. */
const sharedClasses: ReadonlySet<string> = new Set(['08', '53', '57']);
