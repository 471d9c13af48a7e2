import { ContextNotStorableError } from '../errors/context-not-storable-error.js';
import type { ContextCodec, Json } from './context-codec.js';
import { jsonContextCodec } from './context-codec.js';
import type { ContextClass } from './hydrate.js';
import { hydrate } from './hydrate.js';

/**
 * Refuses a context, before anything is written, if no worker could restore its class: the saga would be stuck at once.
 * A codec that cannot decode it here proves nothing, because only other processes may have the key.
 *
 * @throws ContextNotStorableError
 */
export function checkComesBack(
  definition: { readonly context: ContextClass | undefined; readonly codec: ContextCodec },
  json: Json,
  path = 'context',
): void {
  const { codec, context } = definition;
  // The default codec can read its own output, so only the class can be a problem.
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
