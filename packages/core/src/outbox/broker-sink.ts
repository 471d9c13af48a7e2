import type { ContextCodec } from '../context/context-codec.js';
import { placedCodec } from '../definition/placed-definition.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import type { MessageSink, SagaMessage } from '../options/message-sink.js';
import type { Clock } from '../ports/clock.js';
import type { OutboxItem } from './outbox-item.js';
import type { OutboxSink } from './outbox-sink.js';
import { toMessages } from './to-messages.js';
import { withinTime } from './within-time.js';

/** The events of one entry, of which those before `next` are acknowledged. */
interface Delivery {
  readonly messages: readonly SagaMessage[];
  next: number;
  error: unknown;
}

/** Delivers the events of entries to a sink of the application. */
export class BrokerSink implements OutboxSink {
  readonly batchSize = 100;
  /** One call at a time, so that a broker gets the messages in the order in which they were given to the sink. */
  readonly concurrency = 1;
  readonly names: readonly string[];
  readonly sagas: readonly string[];

  constructor(
    private readonly sink: MessageSink,
    private readonly registry: SagaRegistry,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    readonly skipsParked: boolean,
  ) {
    this.names = [sink.name];
    // Only a process that has the saga can read its events, and knows that the sink with this name is the right one.
    this.sagas = [...new Set(registry.identities.map(({ saga }) => saga))];
  }

  check(): Promise<void> {
    return this.sink.check();
  }

  /** An event is published when the one before it is acknowledged: no call has two events of one saga. */
  async deliver(items: readonly OutboxItem[]): Promise<readonly unknown[]> {
    const deliveries = items.map((item) => this.begin(item));
    for (;;) {
      const open = deliveries.filter(
        ({ messages, next, error }) => error === undefined && next < messages.length,
      );
      if (open.length === 0) return deliveries.map(({ error }) => error);
      const answers = await this.publish(open.flatMap(({ messages, next }) => messages[next] ?? []));
      for (const [index, delivery] of open.entries()) {
        const error: unknown = answers[index];
        if (error === undefined) delivery.next += 1;
        else delivery.error = error;
      }
    }
  }

  async close(): Promise<void> {
    await this.sink.close?.();
  }

  private async publish(messages: readonly SagaMessage[]): Promise<readonly unknown[]> {
    const { name } = this.sink;
    const answers: unknown = await withinTime(this.clock, this.timeoutMs, `the sink "${name}"`, () =>
      this.sink.publish(messages),
    );
    if (Array.isArray(answers) && answers.length === messages.length) return answers as readonly unknown[];
    throw new TypeError(`publish() of the sink "${name}" has to give a list with one item for each message`);
  }

  private begin({ header, entry }: OutboxItem): Delivery {
    try {
      if (entry === undefined) throw new TypeError('this release cannot read the entry');
      return { messages: toMessages(this.codecOf(header), header, entry), next: 0, error: undefined };
    } catch (error) {
      return { messages: [], next: 0, error };
    }
  }

  // Another version of the saga has the same codec, unless the application changed it between them.
  private codecOf({ saga, version, sagaId }: OutboxItem['header']): ContextCodec {
    const known = this.registry.identities.filter((identity) => identity.saga === saga);
    const { version: readable = version } = known.find((one) => one.version === version) ?? known[0] ?? {};
    const definition = this.registry.findFor({ saga, version: readable, sagaId });
    return definition?.codec ?? placedCodec(this.registry.defaultCodec, { sagaId });
  }
}
