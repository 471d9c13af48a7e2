import type { MessageEvent } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { SagaStepResult } from '@nest-saga/core';
import { Observable } from 'rxjs';
import { rawResponse } from './client-response.js';
import { EventWriter } from './event-writer.js';
import type { MessageEventsOptions } from './message-events-options.js';
import { resolveMessageEventsOptions } from './message-events-options.js';
import type { SagaStreamEvent } from './saga-stream-event.js';
import { allOf, toLastEvent, toMessage } from './saga-stream-event.js';

const logger = new Logger('SagaEvents');

/**
 * Turns a saga's results into what Nest's `@Sse()` sends. Each event's id is the `seq` it stands at, so that
 * `Last-Event-ID` resumes exactly. The last event says how the saga ended (`completed`, `failed`, `stuck`), or that
 * only the stream did (`interrupted`). Then the stream completes; it never errors.
 *
 * @throws InvalidArgumentError for an option out of range.
 *
 * @example
 * ```ts
 * @Sse(':sagaId/events')
 * events(
 *   @Param('sagaId') sagaId: string,
 *   @Headers('last-event-id') lastEventId: string | undefined,
 *   @Res({ passthrough: true }) response: ServerResponse,
 * ): Observable<MessageEvent> {
 *   const fromSeq = resumeFrom(lastEventId);
 *   return toMessageEvents(this.sagas.watch(sagaId, { fromSeq }), { fromSeq, response });
 * }
 * ```
 */
export function toMessageEvents(
  results$: Observable<SagaStepResult>,
  options: MessageEventsOptions = {},
): Observable<MessageEvent> {
  const settings = resolveMessageEventsOptions(options);
  const { fromSeq, heartbeatIntervalMs, toData = allOf } = settings;
  return new Observable((subscriber) => {
    const writer = new EventWriter(subscriber, rawResponse(settings.response), settings, String(fromSeq - 1));
    const send = (how: 'write' | 'end' | 'drop', event: SagaStreamEvent): void => {
      try {
        writer[how](toMessage(event, toData));
      } catch (error) {
        logger.error('An event of a saga could not be written, and its stream was ended.', error);
        writer.end(toMessage({ type: 'interrupted', reason: 'error' }, allOf));
      }
    };
    const heartbeat = setInterval(() => {
      // Nothing but an id and a comment: a browser hears of neither, whichever version of Nest writes it.
      if (writer.isIdle) writer.write({ comment: 'heartbeat' });
    }, heartbeatIntervalMs);
    heartbeat.unref();
    subscriber.add(() => {
      clearInterval(heartbeat);
      writer.close();
    });
    subscriber.add(
      results$.subscribe({
        next: (result) => {
          if (writer.isFull) send('drop', { type: 'interrupted', reason: 'slow-client' });
          else send('write', { type: 'step', result });
        },
        error: (error: unknown) => send('end', toLastEvent(error)),
        complete: () => send('end', { type: 'completed' }),
      }),
    );
  });
}
