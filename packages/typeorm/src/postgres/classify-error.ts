import { SagaStorageError } from '@nest-saga/core';
import { isSagaError, readSafely, recordError } from '@nest-saga/core/storage-kit';
import type { WriteOutcome } from '@nest-saga/core';
import { DeadlineError } from './deadline-error.js';

/** What PostgreSQL or the way to it said, without anything that was written: no parameters, no rows. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  constructor(
    message: string,
    /** The SQLSTATE, where the server gave one. */
    readonly sqlState: string | undefined,
    readonly constraint: string | undefined,
  ) {
    super(message);
  }
}

/** Where a statement failed: a connection was not even had, or the statement was on its way. */
export type FailurePhase = 'connect' | 'query';

/**
 * The storage's error for what the driver threw. It is judged by SQLSTATE and never by its text; an error without one
 * says nothing about a commit.
 */
export function toStorageError(operation: string, error: unknown, phase: FailurePhase): SagaStorageError {
  if (isSagaError(error, 'SAGA_STORAGE_FAILED')) return error;
  const outcome = phase === 'connect' ? 'not-written' : outcomeOf(error);
  return new SagaStorageError(operation, outcome, { cause: withoutContent(error) });
}

/** The SQLSTATE behind a storage's error, if the server gave one. */
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

/** Where the backend came to its end: it may have committed before it could answer. The severity is translated text. */
const unknownClasses: ReadonlySet<string> = new Set(['08', '58', 'XX']);

/** Data exceptions, broken constraints and exceeded limits: the same values will fail again. */
const refusedClasses: ReadonlySet<string> = new Set(['22', '23', '44', '54']);

/** What a trigger of the application's refuses is as any constraint's. */
const raisedByTrigger = 'P0001';

// A network error's code can look like a SQLSTATE ("EPIPE" does); only the server gives a severity.
function readSqlState(error: unknown): string | undefined {
  if (readSafely(error, 'severity') === undefined) return undefined;
  const code = readText(error, 'code');
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** The driver's error carries rows and parameters in `detail`, `where` and, for data errors, in its message. */
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
