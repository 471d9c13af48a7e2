/** The parts of an error for an HTTP response that a reader of the journal needs. */
export interface HttpDetails {
  readonly message: string | undefined;
  readonly status: number | undefined;
}

/**
 * Reads an `HttpException` of Nest, recognized by its shape. If it was made with a list of messages or with an object,
 * its `message` is only "Bad Request Exception" or "Http Exception", and its response contains more.
 */
export function readHttpException(thrown: unknown): HttpDetails | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  try {
    const exception = thrown as { readonly getStatus?: unknown; readonly getResponse?: unknown };
    if (typeof exception.getStatus !== 'function' || typeof exception.getResponse !== 'function')
      return undefined;
    const status: unknown = exception.getStatus.call(thrown);
    const message = describeAnswer(exception.getResponse.call(thrown));
    return { message, status: typeof status === 'number' ? status : undefined };
  } catch {
    return undefined;
  }
}

function describeAnswer(answer: unknown): string | undefined {
  if (typeof answer === 'string') return answer;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const message: unknown = Reflect.get(answer, 'message');
  if (typeof message === 'string') return message;
  if (Array.isArray(message)) return message.map(String).join('; ');
  return JSON.stringify(answer);
}
