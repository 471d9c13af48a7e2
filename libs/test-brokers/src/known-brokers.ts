import type { Broker } from './broker.js';

export const rabbitMq: Broker = {
  name: 'RabbitMQ',
  port: 5672,
  remedy: 'apt-get install rabbitmq-server && rabbitmq-server -detached',
};

export const redis: Broker = {
  name: 'Redis',
  port: 6379,
  remedy: 'apt-get install redis-server && redis-server --daemonize yes',
};

export const nats: Broker = {
  name: 'NATS',
  port: 4222,
  remedy: 'apt-get install nats-server && (nats-server -js &)',
};
