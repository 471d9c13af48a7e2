export type { KafkaSinkOptions } from './kafka-sink.js';
export { kafkaSink } from './kafka-sink.js';
