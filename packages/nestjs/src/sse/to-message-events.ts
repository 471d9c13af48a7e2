import type { MessageEvent } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { SagaStepResult } from '@nest-saga/core';
import type { Subscription } from 'rxjs';
import { Observable } from 'rxjs';
import { describeError } from '../logging/describe-error.js';
import { rawResponse } from './client-response.js';
import { EventWriter } from './event-writer.js';
import type { MessageEventsOptions } from './message-events-options.js';
import { resolveMessageEventsOptions } from './message-events-options.js';
import type { SagaStream } from '../streams/saga-stream.js';
import type { SagaStreamEvent } from './saga-stream-event.js';
import { allOf, toLastEvent, toMessage } from './saga-stream-event.js';

const logger = new Logger('SagaEvents');

/**
 * Turns a saga's results into what Nest's `@Sse()` sends. The first event says which saga it is (`started`), before any
 * step has ended, unless the results went through a `pipe()`. Each event's id is the `seq` it stands at, so that
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
  results$: SagaStream | Observable<SagaStepResult>,
  options: MessageEventsOptions = {},
): Observable<MessageEvent> {
  const settings = resolveMessageEventsOptions(options);
  const { fromSeq, heartbeatIntervalMs, toData = allOf } = settings;
  return new Observable((subscriber) => {
    const letGo = (): void => send('drop', { type: 'interrupted', reason: 'slow-client' });
    const response = rawResponse(settings.response);
    const writer = new EventWriter(subscriber, response, settings, String(fromSeq - 1), letGo);
    const send = (how: 'write' | 'end' | 'drop', event: SagaStreamEvent): void => {
      try {
        writer[how](toMessage(event, toData));
      } catch (error) {
        logger.error(
          `An event of a saga could not be written, and its stream was ended: ${describeError(error)}`,
        );
        writer[how === 'drop' ? 'drop' : 'end'](toMessage({ type: 'interrupted', reason: 'error' }, allOf));
      }
    };
    const end = (last: SagaStreamEvent): void => {
      // A shutdown waits for no client: it comes back for what waits for it.
      const isShutdown = last.type === 'interrupted' && last.reason === 'shutdown';
      send(isShutdown ? 'drop' : 'end', last);
    };
    const heartbeat = setInterval(() => {
      // The saga may stand still: no result would come that notices it.
      if (writer.isFull) letGo();
      // Nothing but an id and a comment: a browser hears of neither, whichever version of Nest writes it.
      else if (writer.isIdle) writer.write({ comment: 'heartbeat' });
    }, heartbeatIntervalMs);
    heartbeat.unref();
    subscriber.add(() => {
      clearInterval(heartbeat);
      writer.close();
    });
    const follow = (): Subscription =>
      results$.subscribe({
        next: (result) => {
          if (writer.isFull) letGo();
          else send('write', { type: 'step', result });
        },
        error: (error: unknown) => end(toLastEvent(error)),
        complete: () => end({ type: 'completed' }),
      });
    if (!('started' in results$)) return subscriber.add(follow());
    results$.started().then(
      (started) => {
        if (subscriber.closed) return;
        send('write', { type: 'started', ...started });
        subscriber.add(follow());
      },
      (error: unknown) => end(toLastEvent(error)),
    );
  });
}
