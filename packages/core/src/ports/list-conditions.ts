import type { EntryDraft } from '../journal/journal-entry.js';
import { isOpen, SagaStatus } from '../journal/saga-status.js';
import type { SagaListQuery } from './saga-storage.js';

/** The kinds of entries after which the count of recoveries begins again, as a list of sagas counts them. */
export const progressKinds: readonly EntryDraft['kind'][] = [
  'act-completed',
  'act-failed',
  'compensation-completed',
  'compensation-failed',
  'compensation-decided',
  'step-resolved',
  'retry-requested',
  'wait-ended',
  'deadline-passed',
  'settled',
];

/** The statuses of a list: undefined for all of them. A filter that looks into journals is for open and stuck sagas alone. */
export function listedStatuses(query: SagaListQuery): readonly SagaStatus[] | undefined {
  const { status, minimumAttempts, minimumRecoveries, staleForMs } = query;
  const given = typeof status === 'string' ? [status] : status;
  const looksIntoJournals = [minimumAttempts, minimumRecoveries, staleForMs].some((one) => one !== undefined);
  if (!looksIntoJournals) return given;
  return (given ?? Object.values(SagaStatus)).filter((one) => isOpen(one) || one === SagaStatus.Stuck);
}
