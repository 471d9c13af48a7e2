import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AckPolicy, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { MessageSink } from '@nest-saga/core/engine';
import { describeWithBroker, killedUnderLoad, nats, sampleMessage, startNats } from '@nest-saga/test-brokers';
import type { PrivateBroker, Received } from '@nest-saga/test-brokers';
import { natsSink } from '../src/index.js';

await describeWithBroker('a sink over NATS JetStream', nats, () => {
  let broker: PrivateBroker;
  let sink: MessageSink | undefined;
  const url = (): string => `nats://127.0.0.1:${broker.port}`;
  const open = (stream: string): MessageSink => (sink = natsSink({ servers: [url()], stream }));
  const connected = async <Result>(
    work: (connection: NatsConnection) => Promise<Result>,
  ): Promise<Result> => {
    const connection = await connect({ servers: url() });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };
  const makeStream = (name: string, storage: StorageType = StorageType.File) =>
    connected(async (connection) => {
      const manager = await jetstreamManager(connection);
      // Without a window for duplicates, so that a repeated message is seen.
      await manager.streams.add({ name, subjects: [`${name}.>`], storage });
    });
  const messagesIn = (stream: string) =>
    connected(async (connection) => {
      const manager = await jetstreamManager(connection);
      const { state } = await manager.streams.info(stream);
      await manager.consumers.add(stream, { durable_name: 'reader', ack_policy: AckPolicy.None });
      const consumer = await jetstream(connection).consumers.get(stream, 'reader');
      const found: { readonly id: string; readonly subject: string; readonly body: string }[] = [];
      for (let left = state.messages; left > 0; left--) {
        const message = await consumer.next({ expires: 5_000 });
        if (message === null) break;
        const { subject, headers } = message;
        found.push({ id: headers?.get('Nats-Msg-Id') ?? '', subject, body: message.string() });
      }
      return found;
    });

  beforeAll(async () => {
    broker = await startNats();
  });
  afterEach(() => sink?.close?.());
  afterAll(() => broker.remove());

  it('publishes each message under its type, with its id', async () => {
    await makeStream('orders');
    const message = sampleMessage();
    const opened = open('orders');
    await opened.check();
    expect(await opened.publish([message])).toEqual([undefined]);
    const { id, body } = message;
    expect(await messagesIn('orders')).toEqual([{ id, subject: 'orders.placed', body }]);
  });

  it('prevents the start if there is no stream, or if it keeps its messages in memory', async () => {
    await expect(open('missing').check()).rejects.toThrow('There is no stream "missing"');
    await makeStream('forgetful', StorageType.Memory);
    await expect(open('forgetful').check()).rejects.toThrow('keeps its messages in memory');
  });

  it('does not prevent the start if the server cannot be reached, and publishes nothing then', async () => {
    sink = natsSink({ servers: ['nats://127.0.0.1:1'], stream: 'any' });
    await sink.check();
    await expect(sink.publish([sampleMessage()])).rejects.toThrow('refused');
  });

  describe('if the server is killed under load', () => {
    it('loses no message, and keeps the order of each saga', async () => {
      await makeStream('load');
      const receive = (): Promise<Received> => messagesIn('load');
      const verdict = await killedUnderLoad(broker, open('load'), receive);
      expect(verdict).toMatchObject({ lost: [], outOfOrder: [] });
    });
  });
});
