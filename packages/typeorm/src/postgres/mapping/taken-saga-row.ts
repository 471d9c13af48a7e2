import { fromEntryColumns } from '@nest-saga/core/storage-kit';
import type { JournalEntry, SagaHeader } from '@nest-saga/core';
import type { TakenSaga } from '@nest-saga/core/storage-kit';
import { required } from '../statement.js';
import type { Row } from '../statement.js';
import { toSagaHeader } from './saga-header-row.js';

/** The saga in a row of a claim. If the claim is the first entry of the journal, its journal is known, too. */
export function toTakenSaga(row: Row): TakenSaga {
  const header = toSagaHeader(row);
  const claimSeq = Number(required(row, 'claim_seq'));
  return {
    header,
    claimSeq,
    journalBytes: Number(required(row, 'journal_bytes')),
    onlyEntry: claimSeq === 1 ? toClaim(row, header) : undefined,
  };
}

/** Entry and header of a claim have the same worker and the same moment. */
function toClaim(row: Row, { owner, updatedAt }: SagaHeader): JournalEntry {
  const draft = fromEntryColumns({
    kind: 'claimed',
    status: row['claim_status'] ?? null,
    detail: row['claim_detail'] ?? null,
    ...noValues,
  });
  return { ...draft, seq: 1, worker: owner, recordedAt: updatedAt };
}

const noValues = {
  step: null,
  attempt: null,
  context: null,
  response: null,
  error: null,
  events: null,
  startedAt: null,
  finishedAt: null,
} as const;
