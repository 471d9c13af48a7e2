import type { MessageEvent } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { SagaStepResult } from '@nest-saga/core';
import { map, Observable } from 'rxjs';
import { describeError } from '../logging/describe-error.js';
import { rawResponse } from './client-response.js';
import { EventWriter } from './event-writer.js';
import type { MessageEventsOptions } from './message-events-options.js';
import { resolveMessageEventsOptions } from './message-events-options.js';
import type { SagaFrame } from '../streams/saga-frame.js';
import type { SagaStream } from '../streams/saga-stream.js';
import type { SagaStreamEvent } from './saga-stream-event.js';
import { allOf, toLastEvent, toMessage } from './saga-stream-event.js';

const logger = new Logger('SagaEvents');

/**
 * Turns the results of a saga into the events of Nest's `@Sse()`. The first event names the saga (`started`), before
 * any step has ended, unless the results went through a `pipe()`; a saga that waits says so (`waiting`). The id of each event is
 * the `seq` of a result, so that `Last-Event-ID` resumes exactly. The last event is the end of the saga (`completed`, `failed`, `stuck`) or of the
 * stream only (`interrupted`). Then the stream completes; it never errors.
 *
 * @throws InvalidArgumentError for an unknown option, or one that is out of range.
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
    const dropSlowClient = (): void => send('drop', { type: 'interrupted', reason: 'slow-client' });
    const response = rawResponse(settings.response);
    const writer = new EventWriter(subscriber, response, settings, String(fromSeq - 1), dropSlowClient);
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
      // A shutdown does not wait for a client, which gets the waiting events when it connects again.
      const isShutdown = last.type === 'interrupted' && last.reason === 'shutdown';
      send(isShutdown ? 'drop' : 'end', last);
    };
    const heartbeat = setInterval(() => {
      // If the saga waits, no result would arrive at which this could be noticed.
      if (writer.isFull) dropSlowClient();
      // Just an id and a comment: a browser reports neither, with any version of Nest.
      else if (writer.isIdle) writer.write({ comment: 'heartbeat' });
    }, heartbeatIntervalMs);
    heartbeat.unref();
    subscriber.add(() => {
      clearInterval(heartbeat);
      writer.close();
    });
    const frames$ = 'frames$' in results$ ? results$.frames$ : results$.pipe(map(toFrame));
    subscriber.add(
      frames$.subscribe({
        next: (frame) => {
          if (writer.isFull) dropSlowClient();
          else send('write', frame);
        },
        error: (error: unknown) => end(toLastEvent(error)),
        complete: () => end({ type: 'completed' }),
      }),
    );
  });
}

function toFrame(result: SagaStepResult): SagaFrame {
  return { type: 'step', result };
}
