import { isError, readSafely } from '../identity/thrown.js';

/** The parts of an error for an HTTP response that a reader of the journal needs. */
export interface HttpDetails {
  readonly message: string | undefined;
  readonly status: number | undefined;
}

/**
 * Reads an exception of Nest, recognized by its shape: an `HttpException`, or the exception of a microservice or of a
 * WebSocket. If it was made with a list of messages or with an object, its `message` is only "Bad Request Exception",
 * "Http Exception" or "Rpc Exception", and its response contains more.
 */
export function readHttpException(thrown: unknown): HttpDetails | undefined {
  const status = callSafely(thrown, 'getStatus');
  const answer = callSafely(thrown, status === undefined ? 'getError' : 'getResponse');
  // Errors of other libraries that wrap another one have such a method, too, and a message of their own.
  if (answer === undefined || isError(answer)) return undefined;
  return { message: describeAnswer(answer), status: typeof status === 'number' ? status : undefined };
}

/** What the method returns; undefined if there is none, or if it throws. */
function callSafely(thrown: unknown, name: string): unknown {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const method = readSafely(thrown, name);
  if (typeof method !== 'function') return undefined;
  try {
    return method.call(thrown) as unknown;
  } catch {
    return undefined;
  }
}

function describeAnswer(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return textOf(answer);
  const message = readSafely(answer, 'message');
  if (typeof message === 'string') return message;
  if (!Array.isArray(message)) return textOf(answer);
  return message.flatMap((one: unknown) => textOf(one) ?? []).join('; ');
}

/** A text as it is, and all others as JSON; undefined for a value that JSON does not have. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
