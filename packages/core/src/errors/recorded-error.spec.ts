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

  it.each<[string, unknown, string]>([
    [
      'a list of messages',
      { message: ['no address', 'no name'], error: 'Bad Request' },
      'no address; no name',
    ],
    ['one message', { message: 'sold out' }, 'sold out'],
    ['a text', 'sold out', 'sold out'],
    ['an object of its own', { reason: 'sold-out' }, '{"reason":"sold-out"}'],
  ])('keeps the status of an HTTP exception, and of its answer %s', (_, answer, message) => {
    const exception = Object.assign(new Error('Http Exception'), {
      getStatus: () => 409,
      getResponse: () => answer,
    });
    expect(recordError(exception)).toEqual({ name: 'Error', message, code: '409' });
  });

  it('keeps the code that an HTTP exception has of its own, and its message if its answer cannot be read', () => {
    const exception = Object.assign(new Error('no'), {
      code: 'SOLD_OUT',
      getStatus: () => 409,
      getResponse: () => {
        throw new Error('gotcha');
      },
    });
    expect(recordError(exception)).toEqual({ name: 'Error', message: 'no', code: 'SOLD_OUT' });
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
