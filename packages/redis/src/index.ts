export type { RedisSinkOptions } from './redis-sink.js';
export { redisSink } from './redis-sink.js';
