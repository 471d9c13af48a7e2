import { checkNames, InvalidArgumentError } from '@nest-saga/core';
import type { ClientResponse } from './client-response.js';
import type { SagaStreamEvent } from './saga-stream-event.js';

/** How a saga's results are sent as server-sent events. */
export interface MessageEventsOptions {
  /**
   * The response that the events are sent with, from `@Res({ passthrough: true })`. With it a client that does not
   * read is noticed: events wait here for it, and it is let go of with a last event that says so. Without it they wait
   * in Nest, which breaks the connection off at a limit of its own.
   */
  readonly response?: ClientResponse | { readonly raw: ClientResponse };
  /** Where `watch()` was told to begin: what is before it, the client knows. @default 1 */
  readonly fromSeq?: number;
  /**
   * So often the client is sent a comment where nothing waits for it, and is let go of where too much does, in
   * milliseconds.
   *
   * @default 15_000
   */
  readonly heartbeatIntervalMs?: number;
  /**
   * The most events that wait for a client that does not read. A replay may be longer, until the next heartbeat.
   *
   * @default 256
   */
  readonly maximumWaitingEvents?: number;
  /**
   * How long the client may take for the rest once the saga has ended, and then for its last event, in milliseconds.
   *
   * @default 5_000
   */
  readonly closeGraceMs?: number;
  /**
   * What the client reads of an event, for example without what a step returned.
   *
   * @default all of it
   */
  readonly toData?: (event: SagaStreamEvent) => string | object;
}

/** The documented defaults of {@link MessageEventsOptions}. */
export const messageEventsDefaults = Object.freeze({
  fromSeq: 1,
  heartbeatIntervalMs: 15_000,
  maximumWaitingEvents: 256,
  closeGraceMs: 5_000,
});

/**
 * Fills in the defaults.
 *
 * @throws InvalidArgumentError for an option out of range.
 */
export function resolveMessageEventsOptions(options: MessageEventsOptions) {
  checkNames('options', options, names);
  const { response, toData, ...numbers } = options;
  return {
    response,
    toData,
    fromSeq: check('fromSeq', numbers.fromSeq, 1),
    heartbeatIntervalMs: check('heartbeatIntervalMs', numbers.heartbeatIntervalMs, 1),
    maximumWaitingEvents: check('maximumWaitingEvents', numbers.maximumWaitingEvents, 1),
    closeGraceMs: check('closeGraceMs', numbers.closeGraceMs, 0),
  };
}

const names = ['response', 'toData', ...Object.keys(messageEventsDefaults)];

/** The longest timer, the highest `seq`, and more events than anybody lets wait. */
const maximum = 2_147_483_647;

function check(name: keyof typeof messageEventsDefaults, value: number | undefined, minimum: number): number {
  const { [name]: byDefault } = messageEventsDefaults;
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
  throw new InvalidArgumentError(name, `pass an integer from ${minimum} to ${maximum}, or leave it out`);
}
