import { isSagaError, readSafely } from '@nest-saga/core/storage-kit';
import { sqlStateOf } from '../postgres/classify-error.js';

/**
 * Whether an error of the database says that a transaction failed for a reason that may be gone at the next try. The errors of
 * TypeORM have that of the driver in a property.
 */
export function isTransientError(error: unknown): boolean {
  const state =
    sqlStateOf(readSafely(error, 'driverError') ?? error) ?? sqlStateOf(readSafely(error, 'cause'));
  if (state !== undefined) return states.has(state) || classes.has(state.slice(0, 2));
  return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome !== 'refused';
}

/** A row that another transaction holds, and a server that shuts down or ended the session. */
const states: ReadonlySet<string> = new Set(['55P03', '57P01', '57P02', '57P03']);

/** Connection, transaction rollback (serialization failure, deadlock), and exhausted resources. */
const classes: ReadonlySet<string> = new Set(['08', '40', '53']);
