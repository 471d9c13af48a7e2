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

  it('keeps one level of cause, with its code', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const failed = new TypeError('fetch failed', { cause: new Error('away', { cause: refused }) });
    expect(recordError(failed)).toEqual({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { name: 'Error', message: 'away' },
    });
    expect(recordError(new Error('no', { cause: refused })).cause).toEqual({
      name: 'Error',
      message: 'connect ECONNREFUSED',
      code: 'ECONNREFUSED',
    });
  });

  it('keeps the first of the errors of an AggregateError', () => {
    const error = new AggregateError([new Error('the first is away'), new Error('the second, too')]);
    expect(recordError(error).cause).toEqual({ name: 'Error', message: 'the first is away' });
  });

  it('takes no error for its own cause, and no cause that is not there', () => {
    const error = new Error('no');
    error.cause = error;
    expect(recordError(error)).not.toHaveProperty('cause');
    expect(recordError(new Error('no', { cause: undefined }))).not.toHaveProperty('cause');
  });

  it('leaves out what a database says about a value, even if a tool quotes it', () => {
    const ofDatabase = Object.assign(new Error('invalid input syntax for type uuid: "4711"'), {
      severity: 'ERROR',
      code: '22P02',
    });
    const ofTool = new Error(`Failed query: ${ofDatabase.message}`, { cause: ofDatabase });
    const innocent = new Error('could not charge', { cause: ofDatabase });
    expect(recordError(ofDatabase).message).toBe('22P02: a value was not accepted');
    expect(JSON.stringify(recordError(ofTool))).not.toContain('4711');
    expect(recordError(innocent).message).toBe('could not charge');
    expect(JSON.stringify(recordError(innocent))).not.toContain('4711');
  });
});
