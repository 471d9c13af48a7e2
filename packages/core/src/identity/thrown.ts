import type { CircuitOpenError } from '../errors/circuit-open-error.js';
import type { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import type { InDoubtError } from '../errors/in-doubt-error.js';
import type { NonRetryableError } from '../errors/non-retryable-error.js';
import type { RetryableError } from '../errors/retryable-error.js';
import type { SagaConflictError } from '../errors/saga-conflict-error.js';
import type { SagaDefinitionError } from '../errors/saga-definition-error.js';
import type { SagaFailedError } from '../errors/saga-failed-error.js';
import type { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import type { SagaShuttingDownError } from '../errors/saga-shutting-down-error.js';
import type { SagaStorageError } from '../errors/saga-storage-error.js';
import type { SagaStuckError } from '../errors/saga-stuck-error.js';
import type { StepAbortedError } from '../errors/step-aborted-error.js';
import type { StepTimedOutError } from '../errors/step-timed-out-error.js';
import { isInheritedFrom } from './intrinsics.js';
import { errorKind } from './error-kind.js';

/*
 * Recognizes thrown values. Any value can be thrown, from any realm and from a second copy of this package, and some
 * cannot even be examined: a proxy whose prototype cannot be read, a getter that throws. So nothing here throws, and
 * `instanceof` is never the only check.
 */

/** The errors of this package by their code. */
export interface SagaErrorsByCode {
  readonly SAGA_CIRCUIT_OPEN: CircuitOpenError;
  readonly SAGA_CONFLICT: SagaConflictError;
  readonly SAGA_CONTEXT_NOT_STORABLE: ContextNotStorableError;
  readonly SAGA_DEFINITION_INVALID: SagaDefinitionError;
  readonly SAGA_FAILED: SagaFailedError;
  readonly SAGA_NOT_REGISTERED: SagaNotRegisteredError;
  readonly SAGA_SHUTTING_DOWN: SagaShuttingDownError;
  readonly SAGA_STEP_ABORTED: StepAbortedError;
  readonly SAGA_STEP_IN_DOUBT: InDoubtError;
  readonly SAGA_STEP_NON_RETRYABLE: NonRetryableError;
  readonly SAGA_STEP_RETRYABLE: RetryableError;
  readonly SAGA_STEP_TIMED_OUT: StepTimedOutError;
  readonly SAGA_STORAGE_FAILED: SagaStorageError;
  readonly SAGA_STUCK: SagaStuckError;
}

/**
 * Whether a thrown value is an error of this package with that code, from any copy of the package. A subclass with its
 * own code is still of its kind.
 */
export function isSagaError<Code extends keyof SagaErrorsByCode>(
  thrown: unknown,
  code: Code,
): thrown is SagaErrorsByCode[Code] {
  return readSafely(thrown, 'code') === code || readSafely(thrown, errorKind) === code;
}

/** The code of an error of this package, from any copy, or undefined. */
export function sagaErrorCode(thrown: unknown): string | undefined {
  const code = readSafely(thrown, 'code');
  if (typeof code !== 'string') return undefined;
  return code.startsWith('SAGA_') || typeof readSafely(thrown, errorKind) === 'string' ? code : undefined;
}

/**
 * `instanceof` that returns false instead of throwing. For an error class of the language it accepts those of all
 * realms.
 */
export function isInstanceOf<Class extends abstract new (...args: never[]) => unknown>(
  thrown: unknown,
  errorClass: Class,
): thrown is InstanceType<Class> {
  try {
    return thrown instanceof errorClass || isInheritedFrom(thrown, errorClass);
  } catch {
    return false;
  }
}

/** Whether a thrown value is an error of any realm. */
export function isError(thrown: unknown): thrown is Error {
  return isInstanceOf(thrown, Error);
}

/** A property of a thrown value; undefined if it does not exist or cannot be read. */
export function readSafely(thrown: unknown, property: PropertyKey): unknown {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return undefined;
  try {
    return Reflect.get(thrown, property) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether a value can be awaited: a promise of any library and realm. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof readSafely(value, 'then') === 'function';
}
