import type { ContextCodec, Json } from '../context/context-codec.js';
import { differenceOf } from '../context/difference.js';

/** A stored context, and the codec that can read it. */
export interface StoredContext {
  readonly json: Json;
  readonly codec: ContextCodec;
}

/**
 * Whether two stored contexts are equal: the order of an object's keys does not count, nor do different texts that a
 * codec reads as one value, for example encrypted ones, which differ each time.
 *
 * @throws Errors of a codec that cannot read its context.
 */
export function isSameContext(one: StoredContext, other: StoredContext): boolean {
  if (one.json === other.json || isSameValue(JSON.parse(one.json), JSON.parse(other.json))) return true;
  return isSameValue(one.codec.decode(one.json), other.codec.decode(other.json));
}

function isSameValue(one: unknown, other: unknown): boolean {
  return differenceOf(one, other, '') === undefined;
}
