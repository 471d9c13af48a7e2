import { checkedElsewhere, count, defaultsOf, maximumTimerMs, takeOptions } from '@nest-saga/core/engine';
import type { OptionsOf } from '@nest-saga/core/engine';
import type { ClientResponse } from './client-response.js';
import type { SagaStreamEvent } from './saga-stream-event.js';

/** The longest timer, the highest `seq`, and more events than any application keeps waiting. */
const maximum = maximumTimerMs;

/** How a saga's results are sent as server-sent events. */
export const messageEventsTable = {
  /**
   * The response of the request, from `@Res({ passthrough: true })`: with it a client that does not read is noticed. Events wait
   * here for such a client, and it is released with a last event that says so. Without a response they wait in Nest, which
   * breaks the connection off at a limit of its own.
   */
  response: checkedElsewhere<ClientResponse | { readonly raw: ClientResponse }>(),
  /** The `seq` with which `watch()` begins: the client has the results before it. @default 1 */
  fromSeq: count({ default: 1, minimum: 1, maximum }),
  /**
   * How often a waiting client is sent a comment, in milliseconds. A client for which too much waits by then is released.
   *
   * @default 15_000
   */
  heartbeatIntervalMs: count({ default: 15_000, minimum: 1, maximum }),
  /**
   * The maximum number of events that wait for a client that does not read. A replay may be longer, until the next
   * heartbeat.
   *
   * @default 256
   */
  maximumWaitingEvents: count({ default: 256, minimum: 1, maximum }),
  /**
   * How long the client may take for the rest once the saga has ended, and then for its last event, in milliseconds.
   *
   * @default 5_000
   */
  closeGraceMs: count({ default: 5_000, minimum: 0, maximum }),
  /**
   * Returns the part of an event that the client gets, for example without the response of a step.
   *
   * @default all of it
   */
  toData: checkedElsewhere<(event: SagaStreamEvent) => string | object>(),
};

/** How a saga's results are sent as server-sent events. */
export interface MessageEventsOptions extends OptionsOf<typeof messageEventsTable> {}

/** The documented defaults of {@link MessageEventsOptions}. */
export const messageEventsDefaults = defaultsOf(messageEventsTable);

/**
 * Fills in the defaults.
 *
 * @throws InvalidArgumentError for an option that does not exist, or is out of range.
 */
export function resolveMessageEventsOptions(options: MessageEventsOptions) {
  return takeOptions(messageEventsTable, options);
}
