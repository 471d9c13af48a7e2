import { SagaStorageError } from '@nest-saga/core';
import type { WriteOutcome } from '@nest-saga/core';
import { PostgresError } from './classify-error.js';
import { DeadlineError } from './deadline-error.js';
import { blamesJournal, conductOf } from './error-conduct.js';

const failedWith = (outcome: WriteOutcome, sqlState?: string): SagaStorageError =>
  new SagaStorageError('write', outcome, { cause: new PostgresError('no', sqlState, undefined) });

describe('the conduct after a failed statement', () => {
  it.each([
    ['a row that a stranger holds', failedWith('not-written', '55P03')],
    ['a statement that the server cancelled', failedWith('not-written', '57014')],
    ['a conflict that does not end', failedWith('not-written', '40P01')],
    ['a value that is refused', failedWith('refused', '22P02')],
    ['a trigger of the application', failedWith('refused', 'P0001')],
    ['values that could not be sent', new TypeError('no text')],
  ])('blames one of the rows for %s', (_title, error) => {
    expect(conductOf(error)).toBe('split');
  });

  it('blames one of the rows for a statement without an answer, and knows nothing about any', () => {
    const late = new SagaStorageError('write', 'unknown', { cause: new DeadlineError('late') });
    expect(conductOf(late)).toBe('hung');
  });

  it.each([
    ['a lost connection', failedWith('unknown')],
    ['a server that is stopped', failedWith('unknown', '57P01')],
    ['a full disk', failedWith('not-written', '53100')],
    [
      'a pool that gives no connection',
      new SagaStorageError('write', 'not-written', { cause: new Error('no') }),
    ],
  ])('blames none of them for %s', (_title, error) => {
    expect(conductOf(error)).toBe('fail');
  });
});

describe('a journal', () => {
  it.each([
    ['a corrupted page', failedWith('unknown', 'XX001')],
    ['a value that is too large', failedWith('refused', '54000')],
  ])('may be to blame for %s', (_title, error) => {
    expect(blamesJournal(error)).toBe(true);
  });

  it.each([
    ['a lost connection', failedWith('unknown')],
    ['a server that shuts down', failedWith('unknown', '57P01')],
    ['a server without memory', failedWith('not-written', '53200')],
  ])('is not to blame for %s', (_title, error) => {
    expect(blamesJournal(error)).toBe(false);
  });
});
