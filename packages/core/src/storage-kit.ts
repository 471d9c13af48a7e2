/** The parts for building a storage, next to the port `SagaStorage` of the root. */
export { escapeControls } from './errors/escape-controls.js';
export { recordError } from './errors/recorded-error.js';

export { isCommandProcess } from './identity/command-process.js';
export { isError, isSagaError, readSafely, sagaErrorCode } from './identity/thrown.js';
export { transactionHandleOf } from './identity/transaction-handle.js';
export { isDate } from './identity/values.js';

export type { BegunStep } from './journal/journal-entry.js';
export { dueInMsOf, nextRunAtOf } from './journal/header-change.js';
export type { SagaHeading } from './journal/saga-header.js';
export type { SagaPath } from './journal/saga-path.js';
export { isSagaId } from './journal/saga-id.js';

export { checkTable } from './options/check-table.js';
export type { DefaultsOf } from './options/defaults-of.js';
export { defaultsOf } from './options/defaults-of.js';
export type { DefaultedOption, Option, OptionsOf } from './options/option.js';
export { flag, isObject, objectWith, oneOf, option, time } from './options/option.js';

export { failureOfReversal } from './journal/describe-failure.js';
export { firstHeader, firstStatus } from './ports/first-header.js';
export type { ListPosition, WaitingPosition } from './ports/list-cursor.js';
export {
  decodeCursor,
  decodeWaitingCursor,
  encodeCursor,
  encodeWaitingCursor,
  isListDate,
} from './ports/list-cursor.js';
export { listedStatuses, progressKinds } from './ports/list-conditions.js';
export { checkListLimit, checkListNames } from './ports/list-limit.js';
export { loadJournal } from './ports/load-journal.js';
export type { EndedStatus, PurgeRequest } from './ports/purge.js';
export { checkPurgeRequest, maximumPurged } from './ports/purge.js';
export { maximumSeq } from './ports/maximum-seq.js';
export { maximumBytesRead } from './ports/read-limit.js';
export type {
  SagaOutline,
  ClaimRequest,
  JournalCursor,
  JournalNews,
  MessageRequest,
  MessageTarget,
  NamedWait,
  ReleaseRequest,
  SagaMessage,
  StorageTransaction,
  TransactionLimits,
  WaitingListQuery,
} from './ports/saga-storage.js';
export { decodeOutboxCursor, encodeOutboxCursor } from './ports/outbox-cursor.js';
export { sinkOfSubscriber } from './ports/saga-outbox.js';
export type {
  AuditedAct,
  AuditRecord,
  FailedDelivery,
  SagaOversight,
  WorkerRecord,
} from './ports/saga-oversight.js';
export { redeliverAction } from './ports/saga-oversight.js';
export type {
  NewPointer,
  OutboxAct,
  OutboxListQuery,
  OutboxMessage,
  OutboxPage,
  OutboxPosition,
  PostponeRequest,
  SagaEnding,
  SagaOutbox,
  SagaSubscriber,
  SinkSummary,
  StoredSubscriber,
  TakenMessage,
  TakeRequest,
} from './ports/saga-outbox.js';
export { waitingFilter } from './ports/waiting-filter.js';
export type { Surroundings } from './ports/surroundings.js';
export { noSurroundings } from './ports/surroundings.js';

export type {
  ClaimedJournalsPorts,
  ReadJournalsOfClaim,
  TakenSaga,
  UnreadableSaga,
} from './storage-kit/claimed-journals.js';
export { ClaimedJournals } from './storage-kit/claimed-journals.js';
export type { EntryColumns } from './storage-kit/entry-codec.js';
export { fromEntryColumns, toEntryColumns } from './storage-kit/entry-codec.js';
export { fromEntryText, toEntryText } from './storage-kit/entry-text.js';
export type { ErrorConduct } from './storage-kit/error-conduct.js';
export type {
  GroupCommitLimits,
  GroupCommitPorts,
  Write,
  WriteGroup,
  WrittenSagas,
} from './storage-kit/group-commit.js';
export { GroupCommit } from './storage-kit/group-commit.js';
