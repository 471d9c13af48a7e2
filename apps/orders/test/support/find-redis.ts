/** What the tests use of a client of Redis: one of ioredis. */
export interface TestRedis {
  ping(): Promise<string>;
  get(key: string): Promise<string | null>;
  incr(key: string): Promise<number>;
  set(key: string, value: string, unit: 'PX', milliseconds: number, mode?: 'NX'): Promise<unknown>;
  del(...keys: string[]): Promise<unknown>;
  keys(pattern: string): Promise<string[]>;
  disconnect(): void;
}

/** Connects to the Redis of this machine; undefined if none answers, or no client is installed. */
export async function findRedis(port = 6379): Promise<TestRedis | undefined> {
  try {
    // A text, so that the compiler does not look for it: an installation without it only skips these tests.
    const client = 'ioredis' as string;
    const { Redis } = (await import(client)) as {
      readonly Redis: new (port: number, host: string, options: object) => TestRedis & Emitter;
    };
    const redis = new Redis(port, '127.0.0.1', {
      connectTimeout: 2_000,
      commandTimeout: 2_000,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    redis.on('error', () => undefined);
    try {
      await redis.ping();
      return redis;
    } catch {
      redis.disconnect();
      return undefined;
    }
  } catch {
    return undefined;
  }
}

interface Emitter {
  on(event: 'error', listener: () => void): void;
}
