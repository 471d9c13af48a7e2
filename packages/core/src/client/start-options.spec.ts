import fc from 'fast-check';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkSagaId, checkStartOptions } from './start-options.js';

describe('the options of a start', () => {
  it('take an id in upper case as the one that the database returns', () => {
    expect(checkSagaId('018F3A5E-6D4C-7B2A-9C1E-5F0A7D3B2C41')).toBe('018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41');
  });

  it.each([
    ['options', 7],
    ['options.sagaid', { sagaid: 'x' }],
    ['sagaId', { sagaId: 'not-a-uuid' }],
    ['key', { key: '' }],
    ['key', { key: 'x'.repeat(201) }],
    ['key', { key: 'a\u0000' }],
    ['onConflict', { onConflict: 'overwrite' }],
    ['metadata', { metadata: [] }],
    ['metadata.a', { metadata: { a: 1 } }],
  ])('name %s if it is invalid', (argument, options) => {
    expect(() => checkStartOptions(options)).toThrow(
      expect.objectContaining({ code: 'SAGA_INVALID_ARGUMENT', argument }) as Error,
    );
  });

  it('are accepted or refused with a clear error, for anything at all', () => {
    const attempt = (options: unknown): unknown => {
      try {
        return checkStartOptions(options);
      } catch (error) {
        return error instanceof InvalidArgumentError ? {} : error;
      }
    };
    fc.assert(
      fc.property(fc.anything(), (options) => {
        expect(attempt(options)).not.toBeInstanceOf(Error);
      }),
    );
  });
});
