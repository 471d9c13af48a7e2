import type { CodecPlace, ContextCodec } from '../context/context-codec.js';
import { jsonContextCodec } from '../context/context-codec.js';
import type { SagaDefinition } from './saga-definition.js';

/** The definition for one execution: its codec gets the place of each value. */
// A saga with the default codec, which needs no place, costs no object.
export function placedDefinition(definition: SagaDefinition, { sagaId }: CodecPlace): SagaDefinition {
  const { codec } = definition;
  return codec === jsonContextCodec ? definition : { ...definition, codec: placedCodec(codec, { sagaId }) };
}

/** The codec with a fixed place. */
export function placedCodec(codec: ContextCodec, place: CodecPlace): ContextCodec {
  return {
    ...(codec.encrypts === true ? { encrypts: true } : {}),
    encode: (value, path) => codec.encode(value, path, place),
    decode: (json) => codec.decode(json, place),
  };
}
