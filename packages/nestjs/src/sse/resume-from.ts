import { InvalidArgumentError } from '@nest-saga/core';
import { maximumSeq } from '@nest-saga/core/engine';

/** Headers as Node represents them, or those of a web request. */
export type RequestHeaders =
  { readonly [name: string]: string | readonly string[] | undefined } | { get(name: string): string | null };

const digits = /^\d{1,10}$/;

/**
 * The `seq` from which a client continues its stream: one after the `Last-Event-ID` that it sends when it reconnects,
 * and 1 if it sends none.
 *
 * @param headers The request's headers, or just the value of `Last-Event-ID`.
 * @throws InvalidArgumentError for an id that no stream sent.
 *
 * @example
 * ```ts
 * events(@Param('sagaId') sagaId: string, @Headers('last-event-id') lastEventId?: string) {
 *   return toMessageEvents(this.sagas.watch(sagaId, { fromSeq: resumeFrom(lastEventId) }));
 * }
 * ```
 */
export function resumeFrom(headers: RequestHeaders | string | undefined): number {
  const lastEventId = typeof headers === 'object' ? read(headers) : headers;
  // Before its first event, a client has an empty id.
  if (lastEventId === undefined || lastEventId === null || lastEventId === '') return 1;
  if (typeof lastEventId !== 'string' || !digits.test(lastEventId) || Number(lastEventId) >= maximumSeq)
    throw new InvalidArgumentError(
      'Last-Event-ID',
      'pass the id of an event of this stream, or leave it out',
    );
  return Number(lastEventId) + 1;
}

function read(headers: RequestHeaders): string | readonly string[] | null | undefined {
  return typeof headers.get === 'function'
    ? headers.get('last-event-id')
    : (headers as Record<string, string | readonly string[] | undefined>)['last-event-id'];
}
