import { isSagaError } from '@nest-saga/core/storage-kit';
import type { ErrorConduct } from '@nest-saga/core/storage-kit';
import { sqlStateOf } from './classify-error.js';
import { DeadlineError } from './deadline-error.js';

/** Judges a failed statement by its SQLSTATE. */
export function conductOf(error: unknown): ErrorConduct {
  // The statement was not sent, because the values of one of its rows are invalid.
  if (!isSagaError(error, 'SAGA_STORAGE_FAILED')) return 'split';
  if (error.cause instanceof DeadlineError) return 'hung';
  if (error.outcome === 'refused') return 'split';
  const state = sqlStateOf(error);
  if (state === undefined) return 'fail';
  return blamesRow.has(state) || blamesRowClasses.has(state.slice(0, 2)) ? 'split' : 'fail';
}

/** Lock not available, or statement cancelled: another transaction may hold one of the rows. */
const blamesRow: ReadonlySet<string> = new Set(['55P03', '57014']);

/** Conflicts that do not end, and errors raised by a trigger of the user. Refused values always belong to a row. */
const blamesRowClasses: ReadonlySet<string> = new Set(['21', '40', '44', 'P0']);

/** Whether the server answered that it cannot read, for a reason that may lie in one of the journals. */
export function blamesJournal(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && !sharedClasses.has(state.slice(0, 2));
}

/** The connection, the server's resources, or an operator: a problem of all sagas. */
const sharedClasses: ReadonlySet<string> = new Set(['08', '53', '57']);
