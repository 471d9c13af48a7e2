export { rabbitMqSink } from './rabbitmq-sink.js';
export type { RabbitMqSinkOptions } from './rabbitmq-sink-options.js';
