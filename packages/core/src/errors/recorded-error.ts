import { reasonsOf } from '../identity/causes.js';
import { isError, readSafely } from '../identity/thrown.js';
import { readHttpException } from './http-exception.js';

/** An error in the form that the journal keeps: no stack, no properties, a bounded message. */
export interface RecordedError {
  readonly name: string;
  readonly message: string;
  /** The error's `code`, if it is a string or a number; for an HTTP exception without a code, its status. */
  readonly code?: string;
  /** One level of cause: the error's `cause`, or the first of its `errors`. */
  readonly cause?: RecordedError;
}

const maximumMessageLength = 2_000;
const maximumNameLength = 200;
const unstorable = /[\u0000\p{Surrogate}]/gu;

/**
 * Makes the storable record of a thrown value, with one level of its cause. It never fails: a thrown string, a frozen
 * object or an object whose getters throw gets a record too. Messages of a database about a value are left out, because
 * they repeat the value.
 */
export function recordError(thrown: unknown): RecordedError {
  const [reason] = reasonsOf(thrown);
  const recorded = recordOne(thrown, reason);
  return reason === undefined ? recorded : { ...recorded, cause: recordOne(reason, undefined) };
}

function recordOne(thrown: unknown, reason: unknown): RecordedError {
  const http = readHttpException(thrown);
  const message =
    maskedMessage(thrown, reason) ?? http?.message ?? read(thrown, 'message') ?? describe(thrown);
  const name = read(thrown, 'name') ?? (isError(thrown) ? 'Error' : 'NonError');
  const code = read(thrown, 'code') ?? http?.status?.toString();
  return {
    name: storable(name, maximumNameLength),
    message: storable(message, maximumMessageLength),
    ...(code === undefined ? {} : { code: storable(code, maximumNameLength) }),
  };
}

/**
 * SQLSTATE class 22, for example "invalid input syntax for type uuid" with the value. The error of a tool may quote its
 * cause.
 */
const dataException = /^22[0-9A-Z]{3}$/;

function maskedMessage(thrown: unknown, reason: unknown): string | undefined {
  for (const error of [thrown, reason]) {
    const code = read(error, 'code');
    const isOfDatabase =
      code !== undefined && dataException.test(code) && read(error, 'severity') !== undefined;
    if (!isOfDatabase) continue;
    const said = read(error, 'message') ?? '';
    if (error === thrown || read(thrown, 'message')?.includes(said) === true)
      return `${code}: a value was not accepted`;
  }
  return undefined;
}

function read(thrown: unknown, property: string): string | undefined {
  if (typeof thrown !== 'object') return undefined;
  const value = readSafely(thrown, property);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function describe(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) return 'a thrown object without a message';
  // The toString of a function is the application's code, and may throw.
  return typeof thrown === 'function' ? 'a thrown function' : `a thrown ${typeof thrown}: ${String(thrown)}`;
}

function storable(text: string, maximumLength: number): string {
  const bounded = text.length <= maximumLength ? text : `${text.slice(0, maximumLength - 1)}…`;
  return bounded.replace(unstorable, '\ufffd');
}
