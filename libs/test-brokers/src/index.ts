export { describeWithBroker } from './describe-with-broker.js';
export type { Broker } from './broker.js';
export { isReachable } from './broker.js';
export { rabbitMq, redis, nats } from './known-brokers.js';
export type { PrivateBroker } from './private-broker.js';
export { startNats, startRabbitMq, startRedis } from './private-broker.js';
export type { LoadVerdict, Received } from './killed-under-load.js';
export { killedUnderLoad } from './killed-under-load.js';
export { sampleMessage } from './sample-message.js';
