import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import type { JetStreamClient, StreamInfo } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { MessageSink, SagaMessage } from '@nest-saga/core/engine';

/** The options of {@link natsSink}. */
export interface NatsSinkOptions {
  /** The servers of one cluster, such as `nats://host:4222`. */
  readonly servers: readonly string[];
  /** The stream that gets the messages. It has to exist, and to keep its messages in files. */
  readonly stream: string;
  /** The subject of a message, which the stream has to take. @default `<stream>.<type>` */
  readonly subject?: (message: SagaMessage) => string;
  /** The name of the sink in the storage. @default 'nats' */
  readonly name?: string;
}

interface Opened {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
}

/**
 * A sink that publishes to a stream of NATS JetStream. A message is acknowledged when the stream has stored it. Its id is
 * also the `Nats-Msg-Id`, so that the stream drops a repetition within its `duplicate_window`.
 *
 * @example
 * SagaModule.forRoot({ events: { sinks: [natsSink({ servers: ['nats://localhost'], stream: 'orders' })] } });
 */
export function natsSink(options: NatsSinkOptions): MessageSink {
  return new NatsSink(options);
}

class NatsSink implements MessageSink {
  readonly name: string;
  private readonly subject: (message: SagaMessage) => string;
  private opening: Promise<Opened> | undefined;

  constructor(private readonly options: NatsSinkOptions) {
    this.name = options.name ?? 'nats';
    this.subject = options.subject ?? (({ type }) => `${options.stream}.${type}`);
  }

  /** Rejects if the stream does not exist or would lose messages. A server that cannot be reached is checked later. */
  async check(): Promise<void> {
    try {
      await this.opened();
    } catch (error) {
      if (isSettingsError(error)) throw error;
    }
  }

  async publish(messages: readonly SagaMessage[]): Promise<readonly (Error | undefined)[]> {
    const { client } = await this.opened();
    return Promise.all(messages.map((message) => this.publishOne(client, message)));
  }

  async close(): Promise<void> {
    const opened = await this.opening?.catch(() => undefined);
    this.opening = undefined;
    await opened?.connection.close();
  }

  private async publishOne(client: JetStreamClient, message: SagaMessage): Promise<Error | undefined> {
    const { id, body, trace } = message;
    const added = headers();
    added.set('Content-Type', 'application/cloudevents+json');
    for (const [name, value] of Object.entries(trace)) added.set(name, value);
    const expect = { streamName: this.options.stream };
    try {
      await client.publish(this.subject(message), body, {
        msgID: id,
        headers: added,
        expect,
        timeout: 10_000,
      });
      return undefined;
    } catch (error) {
      // The stream has answered: it refuses this message. Without an answer nothing is known.
      if (nameOf(error) === 'JetStreamApiError') return error as Error;
      throw error;
    }
  }

  private opened(): Promise<Opened> {
    if (this.opening !== undefined) return this.opening;
    const opening = this.open();
    this.opening = opening;
    const forget = (): void => {
      if (this.opening === opening) this.opening = undefined;
    };
    opening.then(({ connection }) => connection.closed().then(forget), forget);
    return opening;
  }

  private async open(): Promise<Opened> {
    const { servers, stream } = this.options;
    const connection = await connect({ servers: [...servers], maxReconnectAttempts: -1, timeout: 10_000 });
    try {
      const manager = await jetstreamManager(connection);
      checkStream(
        stream,
        await manager.streams.info(stream).catch((error: unknown) => missing(stream, error)),
      );
      return { connection, client: jetstream(connection) };
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
}

function checkStream(stream: string, { config }: StreamInfo): void {
  const { storage, no_ack: hasNoAck } = config;
  if (storage !== StorageType.File)
    throw settingsError(
      `The stream "${stream}" keeps its messages in memory, so they could be lost. Keep them in files`,
    );
  if (hasNoAck)
    throw settingsError(
      `The stream "${stream}" acknowledges nothing (no_ack), so messages could be lost. Turn that off`,
    );
}

function missing(stream: string, error: unknown): never {
  if (nameOf(error) !== 'StreamNotFoundError') throw error;
  throw settingsError(`There is no stream "${stream}". Make one that takes the subjects of the sink`, error);
}

const settingsName = 'NatsSettingsError';

function settingsError(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { name: settingsName });
}

function isSettingsError(error: unknown): boolean {
  return nameOf(error) === settingsName;
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'name') : undefined;
}
