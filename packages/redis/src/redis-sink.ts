import type { MessageSink, SagaMessage } from '@nest-saga/core/engine';
import { Redis } from 'ioredis';

/** The options of {@link redisSink}. */
export interface RedisSinkOptions {
  /** The server, such as `redis://host:6379`. */
  readonly url: string;
  /** The key of the stream that gets the messages. */
  readonly stream: string | ((message: SagaMessage) => string);
  /** About how many messages a stream keeps; older ones are dropped, read or not. @default all */
  readonly approximateLength?: number;
  /** The name of the sink in the storage. @default 'redis' */
  readonly name?: string;
}

const settingsName = 'RedisSettingsError';

/**
 * A sink that appends to a stream of Redis, with the fields `id`, `type`, `body` and those of the trace. A message is
 * acknowledged when the server has appended it. The server has to write an append-only file.
 *
 * @example
 * SagaModule.forRoot({ events: { sinks: [redisSink({ url: 'redis://localhost', stream: 'orders' })] } });
 */
export function redisSink(options: RedisSinkOptions): MessageSink {
  return new RedisSink(options);
}

class RedisSink implements MessageSink {
  readonly name: string;
  private opening: Promise<Redis> | undefined;

  constructor(private readonly options: RedisSinkOptions) {
    this.name = options.name ?? 'redis';
  }

  /** Rejects if the server keeps its data in memory alone. A server that cannot be reached is checked later. */
  async check(): Promise<void> {
    try {
      await this.opened();
    } catch (error) {
      if (nameOf(error) === settingsName) throw error;
    }
  }

  async publish(messages: readonly SagaMessage[]): Promise<readonly (Error | undefined)[]> {
    const client = await this.opened();
    const pipeline = client.pipeline();
    for (const message of messages) pipeline.call('XADD', ...this.argumentsOf(message));
    const answers = (await pipeline.exec()) ?? [];
    const errors = messages.map((_message, index) => answers[index]?.[0] ?? undefined);
    const unanswered = errors.find((error) => error !== undefined && nameOf(error) !== 'ReplyError');
    // Without an answer of the server nothing is known.
    if (unanswered !== undefined || answers.length < messages.length)
      throw unanswered ?? new Error('Redis did not answer');
    return errors;
  }

  async close(): Promise<void> {
    const client = await this.opening?.catch(() => undefined);
    this.opening = undefined;
    client?.disconnect();
  }

  private argumentsOf(message: SagaMessage): readonly string[] {
    const { stream, approximateLength } = this.options;
    const { id, type, body, trace } = message;
    const key = typeof stream === 'string' ? stream : stream(message);
    const limit = approximateLength === undefined ? [] : ['MAXLEN', '~', String(approximateLength)];
    return [key, ...limit, '*', 'id', id, 'type', type, 'body', body, ...Object.entries(trace).flat()];
  }

  private opened(): Promise<Redis> {
    if (this.opening !== undefined) return this.opening;
    const opening = this.open(() => {
      if (this.opening === opening) this.opening = undefined;
    });
    this.opening = opening;
    opening.catch(() => {
      if (this.opening === opening) this.opening = undefined;
    });
    return opening;
  }

  // A new connection may lead to another server, so each one is checked.
  private async open(onLost: () => void): Promise<Redis> {
    const client = new Redis(this.options.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      connectTimeout: 10_000,
    });
    client.on('error', () => undefined);
    client.on('close', onLost);
    try {
      await client.connect();
      checkPersistence(await client.info('persistence'));
      return client;
    } catch (error) {
      client.disconnect();
      throw error;
    }
  }
}

function checkPersistence(info: string): void {
  if (/^aof_enabled:1\s*$/m.test(info)) return;
  const problem =
    'The Redis server writes no append-only file, so messages could be lost. Set "appendonly yes"';
  throw Object.assign(new Error(problem), { name: settingsName });
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'name') : undefined;
}
