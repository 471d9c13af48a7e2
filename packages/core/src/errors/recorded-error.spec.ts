import fc from 'fast-check';
import { recordError } from './recorded-error.js';

describe('recordError', () => {
  it('keeps name, message and code', () => {
    const error = Object.assign(new TypeError('no'), { code: 'E_NO' });
    expect(recordError(error)).toEqual({ name: 'TypeError', message: 'no', code: 'E_NO' });
  });

  it('keeps a number as a code', () => {
    expect(recordError(Object.assign(new Error('no'), { code: 404 })).code).toBe('404');
  });

  it('bounds the message', () => {
    expect(recordError(new Error('x'.repeat(5_000))).message).toHaveLength(2_000);
  });

  it('replaces what a database refuses', () => {
    expect(recordError(new Error('a\u0000b\ud800c')).message).toBe('a\ufffdb\ufffdc');
  });

  it('keeps no stack and no other property', () => {
    const error = Object.assign(new Error('no'), { password: 'secret' });
    expect(JSON.stringify(recordError(error))).not.toMatch(/secret|recorded-error/);
  });

  it('has a record even for an error whose getters throw', () => {
    const hostile = {
      get message(): string {
        throw new Error('gotcha');
      },
    };
    expect(recordError(hostile)).toEqual({ name: 'NonError', message: 'a thrown object without a message' });
  });

  it('has a storable record for anything that can be thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const { name, message } = recordError(thrown);
        expect(`${name}${message}`).toMatch(/^[^\u0000]*$/u);
      }),
    );
  });
});
