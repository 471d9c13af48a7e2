import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { isUint8Array } from 'node:util/types';
import { InvalidArgumentError, jsonContextCodec } from '@nest-saga/core';
import type { ContextCodec, Json } from '@nest-saga/core';
import type { CodecPlace } from '@nest-saga/core/engine';
import { EncryptedValueError } from '../errors/encrypted-value-error.js';
import { EncryptionKeyMissingError } from '../errors/encryption-key-missing-error.js';

/** The options of {@link aesGcmCodec}. */
export interface AesGcmCodecOptions {
  /**
   * The keys by their ids: 32 random bytes each, as bytes or in base64. An old key stays listed for as long as there are
   * sagas that it encrypted.
   */
  readonly keys: Readonly<Record<string, Uint8Array | string>>;
  /** The id of the key that encrypts new values. */
  readonly current: string;
  /**
   * Whether values that were stored without encryption are accepted. Only for the time after encryption was introduced:
   * until then a person who can write to the database could replace an encrypted value with a plain one.
   *
   * @default false
   */
  readonly acceptPlain?: boolean;
  /** Converts values to text before they are encrypted. @default JSON with dates */
  readonly codec?: ContextCodec;
}

/** An encrypted value, as it is stored. */
interface Envelope {
  readonly key: string;
  readonly nonce: string;
  readonly text: string;
}

/**
 * Encrypts the values of sagas with AES-256-GCM (NIST SP 800-38D): contexts, responses, events, payloads of signals,
 * messages of errors, reasons, notes and titles. Ids, keys, names, actors, error codes and times are not encrypted. The
 * id of the saga is authenticated with each value, so a value that was moved to another saga is refused.
 *
 * The nonce is derived from the saga and the value (as in RFC 8452, synthetic), so equal values of one saga have equal
 * texts: this lets an entry leave out a context that did not change.
 *
 * To rotate keys, add the new key in every process first, then make it `current`.
 *
 * @throws InvalidArgumentError for a key that does not have 32 bytes, or a `current` that is not listed.
 */
export function aesGcmCodec(options: AesGcmCodecOptions): ContextCodec {
  const { current, acceptPlain = false, codec = jsonContextCodec } = options;
  const keys = new Map(Object.entries(options.keys ?? {}).map(([id, key]) => [id, checkKey(id, key)]));
  const currentKey = keys.get(current);
  if (currentKey === undefined)
    throw new InvalidArgumentError(
      'current',
      `name one of the keys: ${[...keys.keys()].join(', ') || 'none is listed'}`,
    );
  return {
    encrypts: true,
    encode: (value, path, place) => encrypt(current, currentKey, codec.encode(value, path, place), place),
    decode(json, place) {
      const envelope = envelopeIn(json);
      if (envelope === undefined) {
        if (acceptPlain) return codec.decode(json, place);
        throw new EncryptedValueError(
          'The value was stored without encryption. If that is from before encryption was introduced, set acceptPlain.',
        );
      }
      const key = keys.get(envelope.key);
      if (key === undefined) throw new EncryptionKeyMissingError(envelope.key);
      return codec.decode(decrypt(key, envelope, place), place);
    },
  };
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

interface DerivedKeys {
  readonly forText: Buffer;
  readonly forNonce: Buffer;
}

function checkKey(id: string, given: unknown): DerivedKeys {
  const bytes = typeof given === 'string' ? Buffer.from(given, 'base64') : given;
  if (!isUint8Array(bytes) || bytes.byteLength !== keyBytes)
    throw new InvalidArgumentError(`keys.${id}`, `pass ${keyBytes} random bytes, or their base64`);
  // Two uses, two keys: a nonce must reveal nothing about the key of the text.
  return { forText: derive(bytes, 'text'), forNonce: derive(bytes, 'nonce') };
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return createHmac('sha256', key).update(`nest-saga:${purpose}`).digest();
}

function encrypt(id: string, key: DerivedKeys, plain: Json, place: CodecPlace | undefined): Json {
  const saga = associatedData(place);
  const nonce = nonceOf(key, saga, plain);
  const cipher = createCipheriv('aes-256-gcm', key.forText, nonce).setAAD(saga);
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const envelope: Envelope = { key: id, nonce: nonce.toString('base64'), text: text.toString('base64') };
  return JSON.stringify(envelope);
}

function decrypt(key: DerivedKeys, { nonce, text }: Envelope, place: CodecPlace | undefined): Json {
  const bytes = Buffer.from(text, 'base64');
  const saga = associatedData(place);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.forText, Buffer.from(nonce, 'base64'), {
      authTagLength: tagBytes,
    })
      .setAAD(saga)
      .setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new EncryptedValueError('The value was changed, or belongs to another saga.', { cause });
  }
}

function nonceOf({ forNonce }: DerivedKeys, saga: Buffer, plain: Json): Buffer {
  // The id has a fixed length in the hash, so no other pair of id and text has the same input.
  const id = createHmac('sha256', forNonce).update(saga).digest();
  return createHmac('sha256', forNonce).update(id).update(plain).digest().subarray(0, nonceBytes);
}

function associatedData(place: CodecPlace | undefined): Buffer {
  return Buffer.from(place?.sagaId ?? '', 'utf8');
}

function envelopeIn(json: Json): Envelope | undefined {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return undefined;
  const { key, nonce, text } = value as Partial<Record<keyof Envelope, unknown>>;
  const isEnvelope = typeof key === 'string' && typeof nonce === 'string' && typeof text === 'string';
  return isEnvelope && Object.keys(value).length === 3 ? { key, nonce, text } : undefined;
}
