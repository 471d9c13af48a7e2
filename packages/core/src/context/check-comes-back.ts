import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import type { ContextCodec, Json } from './context-codec.js';
import { jsonContextCodec } from './context-codec.js';
import type { ContextClass } from './hydrate.js';
import { hydrate } from './hydrate.js';

/**
 * Refuses a context before anything is written that no worker could read back: the saga would be stuck at once.
 *
 * @throws ContextNotStorableError
 */
export function checkComesBack(
  definition: { readonly context: ContextClass | undefined; readonly codec: ContextCodec },
  json: Json,
): void {
  const { codec, context } = definition;
  try {
    // What the codec of our own wrote it reads; only the class can still stand in the way.
    hydrate(context, codec === jsonContextCodec ? {} : codec.decode(json));
  } catch (cause) {
    throw new ContextNotStorableError('context', 'it cannot be read back', { cause });
  }
}
