import type { Row } from '../statement.js';
import { toJournalEntry } from './journal-entry-row.js';

const row: Row = {
  seq: '7',
  kind: 'act-failed',
  step: 'charge',
  attempt: '2',
  worker: 'worker-1',
  entry_context: null,
  response: '{ "a" : 1 }',
  error: '{"name":"CardError","message":"declined"}',
  events: null,
  detail: '{"outcome":"timed-out","next":"retry","retryAt":"2026-03-01T10:00:01.000Z","undo":false}',
  started_at: '1767225600000',
  finished_at: '1767225600100',
  recorded_at: '1767225600123',
};

describe('the mapping of journal entries', () => {
  it('gives the entry of a row, its texts byte for byte', () => {
    expect(toJournalEntry(row)).toStrictEqual({
      kind: 'act-failed',
      step: 'charge',
      attempt: 2,
      response: '{ "a" : 1 }',
      error: { name: 'CardError', message: 'declined' },
      outcome: 'unknown',
      next: 'retry',
      retryAt: new Date('2026-03-01T10:00:01.000Z'),
      undo: false,
      startedAt: new Date(1767225600000),
      finishedAt: new Date(1767225600100),
      seq: 7,
      worker: 'worker-1',
      recordedAt: new Date(1767225600123),
    });
  });

  it('has no worker if an entry came from outside', () => {
    expect(toJournalEntry({ ...row, worker: null }).worker).toBeUndefined();
  });

  it('gives the status of an entry, and none if it has none', () => {
    expect(toJournalEntry({ ...row, entry_status: 'compensating' }).status).toBe('compensating');
    expect(toJournalEntry({ ...row, entry_status: null })).not.toHaveProperty('status');
  });

  it('refuses an entry of a kind that it does not know, by name', () => {
    expect(() => toJournalEntry({ ...row, kind: 'signalled' })).toThrow('"signalled"');
  });
});
