import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageSink } from '@nest-saga/core/engine';
import {
  describeWithBroker,
  killedUnderLoad,
  redis,
  sampleMessage,
  startRedis,
} from '@nest-saga/test-brokers';
import type { PrivateBroker, Received } from '@nest-saga/test-brokers';
import { Redis } from 'ioredis';
import { redisSink } from '../src/index.js';

const unreachable = 'redis://127.0.0.1:1';

/** The ids in a stream, in its order. */
async function idsIn(port: number, stream: string): Promise<Received> {
  const client = new Redis(port);
  try {
    const entries = await client.xrange(stream, '-', '+');
    return entries.map(([, fields]) => ({ id: fields[fields.indexOf('id') + 1] ?? '' }));
  } finally {
    client.disconnect();
  }
}

await describeWithBroker('a sink over Redis Streams', redis, () => {
  let broker: PrivateBroker;
  let sink: MessageSink | undefined;
  const open = (stream: string, port = broker.port): MessageSink =>
    (sink = redisSink({ url: `redis://127.0.0.1:${port}`, stream }));

  beforeAll(async () => {
    broker = await startRedis();
  });
  afterEach(() => sink?.close?.());
  afterAll(() => broker.remove());

  it('appends each message with its id, its type, its body and its trace', async () => {
    const stream = randomUUID();
    const message = sampleMessage();
    const opened = open(stream);
    await opened.check();
    expect(await opened.publish([message])).toEqual([undefined]);
    const client = new Redis(broker.port);
    const [entry] = await client.xrange(stream, '-', '+');
    client.disconnect();
    const { id, type, body, trace } = message;
    expect(entry?.[1]).toEqual(['id', id, 'type', type, 'body', body, ...Object.entries(trace).flat()]);
  });

  it('answers for each message of a call: what the server refuses affects no other message', async () => {
    const client = new Redis(broker.port);
    const [text, stream] = [randomUUID(), randomUUID()];
    await client.set(text, 'not a stream');
    client.disconnect();
    const [bad, good] = [sampleMessage({ type: text }), sampleMessage({ type: stream })];
    sink = redisSink({ url: `redis://127.0.0.1:${broker.port}`, stream: ({ type }) => type });
    const [refused, accepted] = await sink.publish([bad, good]);
    expect(refused?.message).toContain('WRONGTYPE');
    expect(accepted).toBeUndefined();
    expect(await idsIn(broker.port, stream)).toEqual([{ id: good.id }]);
  });

  it('prevents the start if the server writes no append-only file', async () => {
    const forgetful = await startRedis(false);
    try {
      await expect(open('any', forgetful.port).check()).rejects.toThrow('no append-only file');
      await expect(open('any', forgetful.port).publish([sampleMessage()])).rejects.toThrow('append-only');
    } finally {
      await forgetful.remove();
    }
  });

  it('does not prevent the start if the server cannot be reached, and publishes nothing then', async () => {
    sink = redisSink({ url: unreachable, stream: 'any' });
    await sink.check();
    await expect(sink.publish([sampleMessage()])).rejects.toThrow('Connection is closed');
  });

  describe('if the server is killed under load', () => {
    it('loses no message, and keeps the order of each saga', async () => {
      const stream = randomUUID();
      const verdict = await killedUnderLoad(broker, open(stream), () => idsIn(broker.port, stream));
      expect(verdict).toMatchObject({ lost: [], outOfOrder: [] });
    });
  });
});
