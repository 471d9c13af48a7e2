import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import type { ContextCodec, Json } from './context-codec.js';
import { jsonContextCodec } from './context-codec.js';
import type { ContextClass } from './hydrate.js';
import { hydrate } from './hydrate.js';

/**
 * Refuses a context before anything is written that no worker could give its class back: the saga would be stuck at once. A
 * codec that cannot decode it here proves nothing: a process may write what only others have the key to read.
 *
 * @throws ContextNotStorableError
 */
export function checkComesBack(
  definition: { readonly context: ContextClass | undefined; readonly codec: ContextCodec },
  json: Json,
  path = 'context',
): void {
  const { codec, context } = definition;
  // What the codec of our own wrote it reads; only the class can still stand in the way.
  const decoded = codec === jsonContextCodec ? {} : decodedHere(codec, json);
  try {
    hydrate(context, decoded);
  } catch (cause) {
    throw new ContextNotStorableError(path, 'it cannot be read back', { cause });
  }
}

function decodedHere(codec: ContextCodec, json: Json): unknown {
  try {
    return codec.decode(json);
  } catch {
    return undefined;
  }
}
