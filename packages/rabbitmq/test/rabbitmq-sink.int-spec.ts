import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageSink } from '@nest-saga/core/engine';
import {
  describeWithBroker,
  killedUnderLoad,
  rabbitMq,
  sampleMessage,
  startRabbitMq,
} from '@nest-saga/test-brokers';
import type { PrivateBroker, Received } from '@nest-saga/test-brokers';
import { connect } from 'amqplib';
import type { Channel, GetMessage } from 'amqplib';
import { rabbitMqSink } from '../src/index.js';

const onMachine = `amqp://guest:guest@127.0.0.1:${rabbitMq.port}`;

async function withChannel<Result>(
  url: string,
  work: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(url);
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}

/** A durable exchange with a durable queue that takes everything. */
const makeQueue = (url: string, name: string, durable = true): Promise<void> =>
  withChannel(url, async (channel) => {
    await channel.assertExchange(name, 'topic', { durable });
    await channel.assertQueue(name, { durable: true });
    await channel.bindQueue(name, name, 'placed');
    await channel.bindQueue(name, name, 'order.*');
  });

const messagesIn = (url: string, queue: string): Promise<readonly GetMessage[]> =>
  withChannel(url, async (channel) => {
    const found: GetMessage[] = [];
    for (;;) {
      const message = await channel.get(queue, { noAck: true });
      if (message === false) return found;
      found.push(message);
    }
  });

const drop = (url: string, name: string): Promise<void> =>
  withChannel(url, async (channel) => {
    await channel.deleteQueue(name);
    await channel.deleteExchange(name);
  });

await describeWithBroker('a sink over RabbitMQ', rabbitMq, () => {
  const name = `nest-saga-${randomUUID()}`;
  let sink: MessageSink | undefined;
  const open = (exchange = name, url = onMachine): MessageSink =>
    (sink = rabbitMqSink({ urls: ['amqp://127.0.0.1:1', url], exchange }));

  beforeAll(() => makeQueue(onMachine, name));
  afterEach(() => sink?.close?.());
  afterAll(() => drop(onMachine, name));

  it('publishes each message as persistent, with its id, its type and its trace', async () => {
    const message = sampleMessage();
    const opened = open();
    await opened.check();
    expect(await opened.publish([message])).toEqual([undefined]);
    const [found] = await messagesIn(onMachine, name);
    expect(found?.content.toString()).toBe(message.body);
    expect(found?.properties).toMatchObject({
      deliveryMode: 2,
      messageId: message.id,
      type: 'placed',
      contentType: 'application/cloudevents+json',
      headers: message.trace,
    });
  });

  it('refuses a message that no queue takes, and no other message of the call', async () => {
    const [lost, taken] = [sampleMessage({ type: 'nowhere' }), sampleMessage()];
    const [refused, accepted] = await open().publish([lost, taken]);
    expect(refused?.message).toContain('no queue takes messages with the routing key "nowhere"');
    expect(accepted).toBeUndefined();
    expect(
      (await messagesIn(onMachine, name)).map(({ properties }) => properties.messageId as string),
    ).toEqual([taken.id]);
  });

  it('prevents the start if the exchange is not durable', async () => {
    const passing = `${name}-passing`;
    await withChannel(onMachine, async (channel) => {
      await channel.assertExchange(passing, 'topic', { durable: false });
    });
    try {
      await expect(open(passing).check()).rejects.toThrow('is not durable');
    } finally {
      await withChannel(onMachine, async (channel) => {
        await channel.deleteExchange(passing);
      });
    }
  });

  it('does not prevent the start if no server can be reached, and publishes nothing then', async () => {
    sink = rabbitMqSink({ urls: ['amqp://127.0.0.1:1'], exchange: name });
    await sink.check();
    await expect(sink.publish([sampleMessage()])).rejects.toThrow('No server of RabbitMQ can be reached');
  });

  describe('if the broker is killed under load', () => {
    let broker: PrivateBroker | undefined;

    afterAll(() => broker?.remove());

    it('loses no message, and keeps the order of each saga', async () => {
      broker = await startRabbitMq();
      const url = `amqp://guest:guest@127.0.0.1:${broker.port}`;
      await makeQueue(url, name);
      const receive = async (): Promise<Received> =>
        (await messagesIn(url, name)).map(({ properties }) => ({ id: String(properties.messageId) }));
      const verdict = await killedUnderLoad(broker, open(name, url), receive);
      expect(verdict).toMatchObject({ lost: [], outOfOrder: [] });
    });
  });
});
