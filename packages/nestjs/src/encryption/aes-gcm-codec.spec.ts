import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { aesGcmCodec } from './aes-gcm-codec.js';
import type { AesGcmCodecOptions } from './aes-gcm-codec.js';

const [first, second] = [randomBytes(32), randomBytes(32)];
const one = { sagaId: '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41' };
const other = { sagaId: '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c42' };
const codec = aesGcmCodec({ keys: { first }, current: 'first' });

describe('aesGcmCodec', () => {
  it('returns the value that was encoded, with its dates', () => {
    const value = { card: '4111', at: new Date(5), nested: [{ ü: null }] };
    const json = codec.encode(value, 'context', one);
    expect(json).not.toContain('4111');
    expect(codec.decode(json, one)).toEqual(value);
  });

  it('refuses a value that was moved to another saga', () => {
    const json = codec.encode({ card: '4111' }, 'context', one);
    expect(() => codec.decode(json, other)).toThrow(
      expect.objectContaining({ code: 'SAGA_ENCRYPTED_VALUE_REFUSED' }),
    );
  });

  it('refuses a value of which any byte was changed, or whose tag was cut', () => {
    const envelope = JSON.parse(codec.encode({ card: '4111' }, 'context', one)) as Record<string, string>;
    const text = Buffer.from(envelope['text'] ?? '', 'base64');
    const changed = text.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
    for (const bytes of [changed, text.subarray(0, -12), text.subarray(0, 4), Buffer.alloc(0)]) {
      const json = JSON.stringify({ ...envelope, text: Buffer.from(bytes).toString('base64') });
      expect(() => codec.decode(json, one)).toThrow(
        expect.objectContaining({ code: 'SAGA_ENCRYPTED_VALUE_REFUSED' }),
      );
    }
  });

  it('opens the values of an old key after a rotation, and names a key that is missing', () => {
    const old = codec.encode('secret', 'context', one);
    const rotated = aesGcmCodec({ keys: { first, second }, current: 'second' });
    expect(rotated.decode(old, one)).toBe('secret');
    expect(rotated.encode('secret', 'context', one)).toContain('"key":"second"');
    const withoutOld = aesGcmCodec({ keys: { second }, current: 'second' });
    expect(() => withoutOld.decode(old, one)).toThrow(
      expect.objectContaining({ code: 'SAGA_ENCRYPTION_KEY_MISSING', key: 'first' }),
    );
  });

  it('gives equal values equal texts in one saga, and different texts in two sagas', () => {
    const json = codec.encode({ cents: 5 }, 'context', one);
    expect(codec.encode({ cents: 5 }, 'context', one)).toBe(json);
    expect(codec.encode({ cents: 5 }, 'context', other)).not.toBe(json);
    expect(codec.encode({ cents: 6 }, 'context', one)).not.toContain(
      (JSON.parse(json) as { nonce: string }).nonce,
    );
  });

  it('accepts a value without encryption only if that is spelled out', () => {
    const plain = '{"key":"a","cents":5}';
    expect(() => codec.decode(plain, one)).toThrow(
      expect.objectContaining({ code: 'SAGA_ENCRYPTED_VALUE_REFUSED' }),
    );
    const accepting = aesGcmCodec({ keys: { first }, current: 'first', acceptPlain: true });
    expect(accepting.decode(plain, one)).toEqual({ key: 'a', cents: 5 });
  });

  it('takes a key in base64', () => {
    const inBase64 = aesGcmCodec({ keys: { first: first.toString('base64') }, current: 'first' });
    expect(inBase64.decode(codec.encode('secret', 'context', one), one)).toBe('secret');
  });

  it.each<[string, unknown, string]>([
    ['a key that is too short', { keys: { a: randomBytes(16) }, current: 'a' }, 'keys.a'],
    ['a key that is a password', { keys: { a: 'correct horse battery staple' }, current: 'a' }, 'keys.a'],
    ['a key that is no key', { keys: { a: 5 }, current: 'a' }, 'keys.a'],
    ['a current key that is not listed', { keys: { a: randomBytes(32) }, current: 'b' }, 'current'],
    ['no keys', { current: 'b' }, 'current'],
  ])('refuses %s', (_name, options, argument) => {
    expect(() => aesGcmCodec(options as AesGcmCodecOptions)).toThrow(expect.objectContaining({ argument }));
  });
});
