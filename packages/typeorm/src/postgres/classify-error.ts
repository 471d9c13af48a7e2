import { SagaStorageError } from '@nest-saga/core';
import { isSagaError, readSafely, recordError } from '@nest-saga/core/storage-kit';
import type { WriteOutcome } from '@nest-saga/core';
import { DeadlineError } from './deadline-error.js';

/** An error of PostgreSQL or of the connection, without any written values: no parameters, no rows. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  constructor(
    message: string,
    /** The SQLSTATE, if the server sent one. */
    readonly sqlState: string | undefined,
    readonly constraint: string | undefined,
  ) {
    super(message);
  }
}

/** The phase in which a statement failed: before it had a connection, or while it was in flight. */
export type FailurePhase = 'connect' | 'query';

/**
 * The storage's error for an error of the driver. It depends on the SQLSTATE and never on the message; an error without
 * a SQLSTATE says nothing about a commit.
 */
export function toStorageError(operation: string, error: unknown, phase: FailurePhase): SagaStorageError {
  if (isSagaError(error, 'SAGA_STORAGE_FAILED')) return error;
  const outcome = phase === 'connect' ? 'not-written' : outcomeOf(error);
  return new SagaStorageError(operation, outcome, { cause: withoutContent(error) });
}

/** The SQLSTATE in a storage's error, if the server sent one. */
export function sqlStateOf(error: unknown): string | undefined {
  const cause = isSagaError(error, 'SAGA_STORAGE_FAILED') ? error.cause : error;
  return cause instanceof PostgresError ? cause.sqlState : readSqlState(cause);
}

function outcomeOf(error: unknown): WriteOutcome {
  const state = readSqlState(error);
  if (state === undefined || state.startsWith('57P')) return 'unknown';
  if (state === raisedByTrigger) return 'refused';
  const stateClass = state.slice(0, 2);
  if (unknownClasses.has(stateClass)) return 'unknown';
  return refusedClasses.has(stateClass) ? 'refused' : 'not-written';
}

/**
 * The backend ended: it may have committed before it could answer. The severity cannot be used, because it is
 * translated.
 */
const unknownClasses: ReadonlySet<string> = new Set(['08', '58', 'XX']);

/** Data exceptions, violated constraints and exceeded limits: the same values will fail again. */
const refusedClasses: ReadonlySet<string> = new Set(['22', '23', '44', '54']);

/** A trigger of the application that refuses a row counts as a constraint. */
const raisedByTrigger = 'P0001';

// The code of a network error can look like a SQLSTATE (for example "EPIPE"); only errors of the server have a
// severity.
function readSqlState(error: unknown): string | undefined {
  if (readSafely(error, 'severity') === undefined) return undefined;
  const code = readText(error, 'code');
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** The driver's error contains rows and parameters in `detail`, in `where` and, for data errors, in its message. */
function withoutContent(error: unknown): Error {
  if (error instanceof DeadlineError) return error;
  const state = readSqlState(error);
  const message = readText(error, 'message') ?? recordError(error).message;
  if (state === undefined) return new PostgresError(message, undefined, undefined);
  const constraint = readText(error, 'constraint');
  const isAboutValues = state.startsWith('22');
  return new PostgresError(
    isAboutValues ? `${state}: a value was not accepted` : `${state}: ${message}`,
    state,
    constraint,
  );
}

function readText(error: unknown, property: string): string | undefined {
  const value = readSafely(error, property);
  return typeof value === 'string' ? value : undefined;
}
