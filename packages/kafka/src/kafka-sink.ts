import type { MessageSink, SagaMessage } from '@nest-saga/core/engine';
import type { Kafka, Producer } from 'kafkajs';

/** The options of {@link kafkaSink}. */
export interface KafkaSinkOptions {
  /** The client of the application, of the package `kafkajs`. */
  readonly kafka: Pick<Kafka, 'producer'>;
  readonly topic: string | ((message: SagaMessage) => string);
  /** The name of the sink in the storage. @default 'kafka' */
  readonly name?: string;
}

/** All replicas that are in sync have to acknowledge a message. */
const allReplicas = -1;

/**
 * A sink that publishes to a topic of Kafka. A message is acknowledged by all replicas, and its key is the id of the saga, so
 * that the messages of a saga are in one partition.
 *
 * It has not run against a broker yet: its tests use a double of the client.
 *
 * @experimental
 * @example
 * SagaModule.forRoot({ events: { sinks: [kafkaSink({ kafka: new Kafka({ brokers }), topic: 'orders' })] } });
 */
export function kafkaSink(options: KafkaSinkOptions): MessageSink {
  return new KafkaSink(options);
}

class KafkaSink implements MessageSink {
  readonly name: string;
  private opening: Promise<Producer> | undefined;

  constructor(private readonly options: KafkaSinkOptions) {
    this.name = options.name ?? 'kafka';
  }

  /** Has nothing to check: a topic keeps its messages in files, and `min.insync.replicas` is the topic's own setting. */
  check(): Promise<void> {
    return Promise.resolve();
  }

  async publish(messages: readonly SagaMessage[]): Promise<readonly undefined[]> {
    const producer = await this.opened();
    await producer.sendBatch({ acks: allReplicas, topicMessages: this.byTopic(messages) });
    return messages.map(() => undefined);
  }

  async close(): Promise<void> {
    const producer = await this.opening?.catch(() => undefined);
    this.opening = undefined;
    await producer?.disconnect();
  }

  private byTopic(messages: readonly SagaMessage[]): TopicMessages[] {
    const topics = new Map<string, TopicMessages['messages']>();
    for (const message of messages) {
      const { topic } = this.options;
      const name = typeof topic === 'string' ? topic : topic(message);
      const entry = toKafka(message);
      const ofTopic = topics.get(name);
      if (ofTopic === undefined) topics.set(name, [entry]);
      else ofTopic.push(entry);
    }
    return [...topics].map(([topic, ofTopic]) => ({ topic, messages: ofTopic }));
  }

  private opened(): Promise<Producer> {
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async open(): Promise<Producer> {
    const producer = this.options.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return producer;
  }
}

type TopicMessages = NonNullable<Parameters<Producer['sendBatch']>[0]['topicMessages']>[number];

function toKafka({ id, sagaId, body, trace }: SagaMessage): TopicMessages['messages'][number] {
  const headers = { 'content-type': 'application/cloudevents+json', ce_id: id, ...trace };
  return { key: sagaId, value: body, headers };
}
