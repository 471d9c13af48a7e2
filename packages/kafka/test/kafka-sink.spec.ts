import { describe, expect, it, jest } from '@jest/globals';
import type { SagaMessage } from '@nest-saga/core/engine';
import type { ProducerConfig } from 'kafkajs';
import { kafkaSink } from '../src/index.js';
import type { KafkaSinkOptions } from '../src/index.js';

const message = (sagaId: string, type = 'placed'): SagaMessage => ({
  id: `${sagaId}:1:0`,
  sagaId,
  saga: 'order',
  seq: 1,
  index: 0,
  type,
  trace: {},
  body: `{"id":"${sagaId}:1:0"}`,
});

function withDouble() {
  const configs: (ProducerConfig | undefined)[] = [];
  const producer = {
    connect: jest.fn(() => Promise.resolve()),
    disconnect: jest.fn(() => Promise.resolve()),
    sendBatch: jest.fn((_batch: unknown) => Promise.resolve([])),
  };
  const kafka = {
    producer: (config?: ProducerConfig) => {
      configs.push(config);
      return producer;
    },
  } as unknown as KafkaSinkOptions['kafka'];
  return { producer, kafka, configs };
}

describe('a sink over Kafka, with a double of the client', () => {
  it('asks all replicas to acknowledge, by an idempotent producer, with the id of the saga as the key', async () => {
    const { producer, kafka, configs } = withDouble();
    const sink = kafkaSink({ kafka, topic: ({ type }) => `orders.${type}` });
    await sink.check();
    const messages = [message('a'), message('b', 'paid'), message('c')];
    expect(await sink.publish(messages)).toEqual([undefined, undefined, undefined]);
    expect(configs).toEqual([{ idempotent: true, maxInFlightRequests: 1 }]);
    const headers = (id: string) => ({ 'content-type': 'application/cloudevents+json', ce_id: id });
    const sent = (id: string) => ({ key: id, value: `{"id":"${id}:1:0"}`, headers: headers(`${id}:1:0`) });
    expect(producer.sendBatch.mock.calls).toEqual([
      [
        {
          acks: -1,
          topicMessages: [
            { topic: 'orders.placed', messages: [sent('a'), sent('c')] },
            { topic: 'orders.paid', messages: [sent('b')] },
          ],
        },
      ],
    ]);
    await sink.close?.();
    expect(producer.disconnect).toHaveBeenCalledTimes(1);
  });

  it('rejects if no broker can be reached, and connects again at the next call', async () => {
    const { producer, kafka } = withDouble();
    producer.connect.mockRejectedValueOnce(new Error('no broker'));
    const sink = kafkaSink({ kafka, topic: 'orders' });
    await expect(sink.publish([message('a')])).rejects.toThrow('no broker');
    expect(await sink.publish([message('a')])).toEqual([undefined]);
  });
});
