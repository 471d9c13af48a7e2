export type { NatsSinkOptions } from './nats-sink.js';
export { natsSink } from './nats-sink.js';
