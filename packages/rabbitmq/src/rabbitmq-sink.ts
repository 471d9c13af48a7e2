import type { MessageSink, SagaMessage } from '@nest-saga/core/engine';
import { connect } from 'amqplib';
import { ConfirmingChannel } from './confirming-channel.js';
import type { RabbitMqSinkOptions } from './rabbitmq-sink-options.js';

/** The broker has an exchange with this name and other properties. */
const preconditionFailed = 406;

/**
 * A sink that publishes to an exchange of RabbitMQ. A message is acknowledged when the broker has confirmed it: it is
 * persistent, and at least one queue has taken it. A message that no queue takes is refused.
 *
 * @example
 * SagaModule.forRoot({ events: { sinks: [rabbitMqSink({ urls: ['amqp://localhost'], exchange: 'orders' })] } });
 */
export function rabbitMqSink(options: RabbitMqSinkOptions): MessageSink {
  return new RabbitMqSink(options);
}

class RabbitMqSink implements MessageSink {
  readonly name: string;
  private readonly routingKey: (message: SagaMessage) => string;
  private channel: Promise<ConfirmingChannel> | undefined;

  constructor(private readonly options: RabbitMqSinkOptions) {
    this.name = options.name ?? 'rabbitmq';
    this.routingKey = options.routingKey ?? (({ type }) => type);
  }

  /** Rejects if the exchange is not durable or has another type. A broker that cannot be reached is checked later. */
  async check(): Promise<void> {
    try {
      await this.connected();
    } catch (error) {
      if (codeOf(error) !== preconditionFailed) return;
      const { exchange } = this.options;
      throw new Error(
        `The exchange "${exchange}" is not durable or has another type, so messages could be lost. Declare it as durable, or ` +
          'name another exchange',
        { cause: error },
      );
    }
  }

  async publish(messages: readonly SagaMessage[]): Promise<readonly (Error | undefined)[]> {
    const channel = await this.connected();
    const { exchange } = this.options;
    return Promise.all(
      messages.map((message) => channel.publish(exchange, this.routingKey(message), message)),
    );
  }

  async close(): Promise<void> {
    const channel = await this.channel?.catch(() => undefined);
    this.channel = undefined;
    await channel?.close();
  }

  private connected(): Promise<ConfirmingChannel> {
    if (this.channel !== undefined) return this.channel;
    const opening = this.open(() => {
      if (this.channel === opening) this.channel = undefined;
    });
    this.channel = opening;
    opening.catch(() => {
      if (this.channel === opening) this.channel = undefined;
    });
    return opening;
  }

  private async open(onLost: () => void): Promise<ConfirmingChannel> {
    const { urls, exchange, exchangeType = 'topic' } = this.options;
    const connection = await connectToFirst(urls);
    const channel = await ConfirmingChannel.open(connection, onLost);
    try {
      await channel.assertExchange(exchange, exchangeType);
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
    return channel;
  }
}

async function connectToFirst(urls: readonly string[]): Promise<Awaited<ReturnType<typeof connect>>> {
  const errors: unknown[] = [];
  for (const url of urls) {
    try {
      return await connect(url, { timeout: 10_000 });
    } catch (error) {
      errors.push(error);
    }
  }
  throw new AggregateError(errors, 'No server of RabbitMQ can be reached');
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
}
