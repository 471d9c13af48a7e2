import type { SagaRegistry } from '../definition/saga-registry.js';
import { SagaDefinitionError } from '../errors/saga-definition-error.js';
import type { MessageSink } from '../options/message-sink.js';
import type { SagaWorkerOptions } from '../options/worker-options.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import type { SagaSubscription } from '../ports/saga-subscription.js';
import { BrokerSink } from './broker-sink.js';
import { OutboxRelay } from './outbox-relay.js';
import type { OutboxRelayDependencies } from './outbox-relay-dependencies.js';
import { SubscriptionSink } from './subscription-sink.js';

/** The parts of an engine that an outbox needs. */
export interface OutboxParts extends Omit<OutboxRelayDependencies, 'outbox' | 'listener'> {
  readonly storage: SagaStorage;
  readonly registry: SagaRegistry;
  readonly listener?: OutboxRelayDependencies['listener'];
  readonly subscriptions?: readonly SagaSubscription[];
  readonly events?: { readonly sinks?: readonly MessageSink[] };
}

/** How much longer than one call of a sink or a handler a message is leased, in milliseconds. */
const leaseMarginMs = 30_000;

/**
 * The outbox of a process: its sinks, and its handlers for ends of sagas. Undefined if the storage has no place for
 * messages.
 *
 * @throws SagaDefinitionError if there are sinks or handlers then.
 */
export function createOutbox(
  { storage, registry, subscriptions = [], listener, events: { sinks = [] } = {}, ...ports }: OutboxParts,
  { events }: SagaWorkerOptions,
): OutboxRelay | undefined {
  const { outbox } = storage;
  const { onPoison, timeoutMs, concurrency, relayIntervalMs } = events;
  const { clock, ids, surroundings, isRunning } = ports;
  if (outbox === undefined) {
    if (sinks.length + subscriptions.length === 0) return undefined;
    const problem = 'the storage has no outbox for the messages to sinks and to handlers of ends';
    throw new SagaDefinitionError([
      { where: 'storage', problem, remedy: 'Use a storage with an outbox, or no sinks and no such handlers' },
    ]);
  }
  const brokers = sinks.map((sink) => new BrokerSink(sink, registry, clock, timeoutMs, onPoison === 'skip'));
  const handlers =
    subscriptions.length === 0
      ? []
      : [new SubscriptionSink(subscriptions, storage, registry, clock, surroundings, timeoutMs, concurrency)];
  return new OutboxRelay(
    { outbox, clock, ids, surroundings, isRunning, listener },
    [...brokers, ...handlers],
    {
      eventSinks: sinks.map(({ name }) => name),
      subscribers: subscriptions.map(({ name, saga, ending }) => ({ name, saga, ending })),
      leaseMs: timeoutMs + leaseMarginMs,
      intervalMs: relayIntervalMs,
    },
  );
}
