import type { SagaMessage } from '@nest-saga/core/engine';

/** The options of `rabbitMqSink()`. */
export interface RabbitMqSinkOptions {
  /** The servers of one cluster, such as `amqp://user:password@host`; the first one that can be reached is used. */
  readonly urls: readonly string[];
  /** The exchange that gets the messages. It is made if it does not exist; one that is not durable is refused. */
  readonly exchange: string;
  /** The type of the exchange. @default 'topic' */
  readonly exchangeType?: 'topic' | 'direct' | 'fanout' | 'headers';
  /** The routing key of a message. @default its type */
  readonly routingKey?: (message: SagaMessage) => string;
  /** The name of the sink in the storage. @default 'rabbitmq' */
  readonly name?: string;
}
