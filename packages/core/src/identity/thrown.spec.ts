import { runInNewContext } from 'node:vm';
import { NonRetryableError } from '../errors/non-retryable-error.js';
import { SagaStorageError } from '../errors/saga-storage-error.js';
import { isError, isInstanceOf, isSagaError, isThenable, readSafely, sagaErrorCode } from './thrown.js';

class Declined extends NonRetryableError {
  override readonly code = 'CARD_DECLINED';
}

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const strange = [null, undefined, 'text', 5, 1n, Symbol('s'), revoked, Object.create(null) as object];

describe('what was thrown', () => {
  it('is one of our errors by its code, or by its kind if a subclass has its own code', () => {
    expect(isSagaError({ code: 'SAGA_STORAGE_FAILED' }, 'SAGA_STORAGE_FAILED')).toBe(true);
    expect(isSagaError(new SagaStorageError('append', 'unknown'), 'SAGA_STORAGE_FAILED')).toBe(true);
    expect(isSagaError(new Declined('no'), 'SAGA_STEP_NON_RETRYABLE')).toBe(true);
    expect(isSagaError(new Declined('no'), 'SAGA_STEP_RETRYABLE')).toBe(false);
  });

  it('shows its code only if it is one of our errors', () => {
    expect(sagaErrorCode(new Declined('no'))).toBe('CARD_DECLINED');
    expect(sagaErrorCode({ code: 'SAGA_BUSY' })).toBe('SAGA_BUSY');
    expect(sagaErrorCode(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))).toBeUndefined();
  });

  it('is an instance of the class of the same name in another realm, for the classes of the language', () => {
    const foreign: unknown = runInNewContext('new TypeError("fetch failed")');
    expect(isInstanceOf(foreign, TypeError)).toBe(true);
    expect(isError(foreign)).toBe(true);
    expect(isInstanceOf(foreign, RangeError)).toBe(false);
    expect(isInstanceOf(foreign, Declined)).toBe(false);
  });

  it.each(strange.map((thrown) => ({ thrown })))('may be anything: no question throws (%#)', ({ thrown }) => {
    expect(isSagaError(thrown, 'SAGA_STUCK')).toBe(false);
    expect(sagaErrorCode(thrown)).toBeUndefined();
    expect(isError(thrown)).toBe(false);
    expect(isThenable(thrown)).toBe(false);
    expect(readSafely(thrown, 'message')).toBeUndefined();
  });

  it('can be awaited if it has a then, whatever promise it is', () => {
    const foreign: unknown = runInNewContext('Promise.resolve(1)');
    expect(foreign).not.toBeInstanceOf(Promise);
    expect(isThenable(foreign)).toBe(true);
    expect(isThenable({ next: () => 1 })).toBe(false);
  });
});
