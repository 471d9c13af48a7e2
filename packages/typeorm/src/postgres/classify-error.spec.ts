import { SagaStorageError } from '@nest-saga/core';
import type { WriteOutcome } from '@nest-saga/core';
import { sqlStateOf, toStorageError } from './classify-error.js';
import { DeadlineError } from './deadline-error.js';

const serverError = (code: string, properties: object = {}): Error =>
  Object.assign(new Error('what the server says'), { code, severity: 'FEHLER', ...properties });

describe('toStorageError', () => {
  it.each<[string, Error, WriteOutcome]>([
    ['a lost connection', new Error('Connection terminated unexpectedly'), 'unknown'],
    [
      'a network error whose code looks like a SQLSTATE',
      Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
      'unknown',
    ],
    ['a terminated backend', serverError('57P01'), 'unknown'],
    ['a crashed server', serverError('57P02'), 'unknown'],
    ['a connection failure', serverError('08006'), 'unknown'],
    ['an internal error', serverError('XX000'), 'unknown'],
    ['a value that is no JSON', serverError('22P02'), 'refused'],
    ['a broken constraint', serverError('23514'), 'refused'],
    ['an exceeded limit', serverError('54000'), 'refused'],
    ["what the application's trigger refuses", serverError('P0001'), 'refused'],
    ['a view that checks', serverError('44000'), 'refused'],
    ['a deadlock', serverError('40P01'), 'not-written'],
    ['a serialisation failure', serverError('40001'), 'not-written'],
    ['a cancelled statement', serverError('57014'), 'not-written'],
    ['a lock that was not had', serverError('55P03'), 'not-written'],
    ['a full disk', serverError('53100'), 'not-written'],
    ['a read-only transaction', serverError('25006'), 'not-written'],
    ['a missing table', serverError('42P01'), 'not-written'],
    ['a deadline', new DeadlineError('late'), 'unknown'],
  ])('says whether the write is known after %s', (_title, error, outcome) => {
    expect(toStorageError('append', error, 'query')).toMatchObject({ operation: 'append', outcome });
  });

  it('knows that nothing was written where no connection was had', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(toStorageError('start', error, 'connect')).toMatchObject({ outcome: 'not-written' });
  });

  it('carries nothing of what was to be written', () => {
    const secret = 'card-4711';
    const error = serverError('22P02', {
      message: `invalid input syntax for type json: "${secret}"`,
      detail: `Failing row contains (${secret}).`,
      where: `JSON data, line 1: ${secret}`,
      constraint: 'a_check',
    });
    const { message, cause } = toStorageError('append', error, 'query');
    expect(JSON.stringify([message, cause, String(cause), Object.values(cause as object)])).not.toContain(
      secret,
    );
    expect(cause).toMatchObject({ sqlState: '22P02', constraint: 'a_check' });
  });

  it('keeps a storage error as it is', () => {
    const error = new SagaStorageError('claim', 'refused');
    expect(toStorageError('append', error, 'query')).toBe(error);
  });
});

describe('sqlStateOf', () => {
  it("reads the state of the server, from the driver's error and from the storage's", () => {
    const error = serverError('40P01');
    expect([sqlStateOf(error), sqlStateOf(toStorageError('append', error, 'query'))]).toEqual([
      '40P01',
      '40P01',
    ]);
    expect(sqlStateOf(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBeUndefined();
  });
});
