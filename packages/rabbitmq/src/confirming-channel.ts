import type { SagaMessage } from '@nest-saga/core/engine';
import type { ChannelModel, ConfirmChannel } from 'amqplib';

/** One connection with one channel, on which the broker confirms each message. */
export class ConfirmingChannel {
  /** Set when the channel or its connection has ended. */
  private lost: Error | undefined;
  /** The messages that no queue took: the broker returns them before it confirms them. */
  private readonly returned = new Set<string>();

  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
    onLost: () => void,
  ) {
    const lose = (error?: Error): void => {
      this.lost ??= error ?? new Error('the connection to RabbitMQ was closed');
      onLost();
    };
    for (const emitter of [connection, channel]) {
      emitter.on('error', lose);
      emitter.on('close', lose);
    }
    channel.on('return', ({ properties }: { readonly properties: { readonly messageId?: unknown } }) =>
      this.returned.add(String(properties.messageId)),
    );
  }

  /** @param onLost Called when it has ended: a new one is needed. */
  static async open(connection: ChannelModel, onLost: () => void): Promise<ConfirmingChannel> {
    // Without a listener an error of the connection would end the process.
    connection.on('error', () => undefined);
    return new ConfirmingChannel(connection, await connection.createConfirmChannel(), onLost);
  }

  /** Makes the exchange, or compares it. Rejects if there is one with other properties. */
  async assertExchange(exchange: string, type: string): Promise<void> {
    await this.channel.assertExchange(exchange, type, { durable: true });
  }

  /**
   * Resolves when the broker has confirmed the message or refused it, with undefined or its error. Rejects if the
   * channel has ended, so that it is not known.
   */
  publish(exchange: string, routingKey: string, message: SagaMessage): Promise<Error | undefined> {
    const { id, type, trace, body } = message;
    const options = {
      persistent: true,
      mandatory: true,
      messageId: id,
      type,
      contentType: 'application/cloudevents+json',
      headers: trace,
    };
    return new Promise((resolve, reject) => {
      const confirmed = (error: unknown): void => {
        if (this.lost !== undefined) return reject(this.lost);
        if (error !== null && error !== undefined) return resolve(new Error('RabbitMQ refused the message'));
        const isReturned = this.returned.delete(id);
        resolve(
          isReturned ? new Error(`no queue takes messages with the routing key "${routingKey}"`) : undefined,
        );
      };
      try {
        this.channel.publish(exchange, routingKey, Buffer.from(body), options, confirmed);
      } catch (error) {
        reject(this.lost ?? (error as Error));
      }
    });
  }

  async close(): Promise<void> {
    if (this.lost === undefined) await this.connection.close();
  }
}
