import type { JournalEntry } from '@nest-saga/core';
import type { OutboxMessage, TakenMessage } from '@nest-saga/core/storage-kit';
import { required } from '../statement.js';
import type { Row } from '../statement.js';
import { toJournalEntry } from './journal-entry-row.js';
import { toSagaHeading } from './saga-header-row.js';
import { toDate } from './time-column.js';

/** A message with its entry, in a row of `takeMessagesStatement`. */
export function toTakenMessage(row: Row): TakenMessage {
  const header = toSagaHeading(row);
  return {
    sagaId: header.sagaId,
    seq: Number(required(row, 'seq')),
    sink: required(row, 'sink'),
    attempts: Number(required(row, 'failed_attempts')),
    header,
    entry: readableEntry(row),
  };
}

/** A message in a row of `listMessages`. */
export function toOutboxMessage(row: Row): OutboxMessage {
  return {
    sagaId: required(row, 'saga_id'),
    seq: Number(required(row, 'seq')),
    sink: required(row, 'sink'),
    saga: row['saga_name'] ?? '',
    attempts: Number(required(row, 'attempts')),
    parked: required(row, 'parked') === 't',
    nextTryAt: toDate(required(row, 'next_try_at')),
  };
}

// A newer release may have written it: the other messages of the statement are not affected.
function readableEntry(row: Row): JournalEntry | undefined {
  try {
    return toJournalEntry(row);
  } catch {
    return undefined;
  }
}
