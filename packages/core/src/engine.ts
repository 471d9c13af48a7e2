/** Everything that runs sagas without Nest: the engine, its pure parts, and the checks and views for its host. */
export type { CodecPlace } from './context/context-codec.js';
export { checkSize, encodedBytes } from './context/context-codec.js';
export { maximumDepth } from './context/check-encodable.js';
export { classOfEvent, nameEventClass, nameOfEventClass } from './context/event-class.js';
export { hydrate } from './context/hydrate.js';
export { maximumEncodedBytes } from './context/size-budget.js';

export type {
  ChoiceCases,
  ChoiceIdentity,
  Choose,
  ChooseOptions,
  DeclaredChoice,
  When,
} from './definition/choice.js';
export { branchesOf, choose, isChoice, when } from './definition/choice.js';
export type { ChoiceDefinition, Guard } from './definition/choice-definition.js';
export { flatten } from './definition/choice-definition.js';
export { isFallback } from './definition/fallback.js';
export type {
  BranchStage,
  DeclaredBranch,
  FallbackStage,
  ForEachStage,
  ParallelStage,
  Stage,
  StepStage,
  WaitStage,
} from './definition/saga-definition.js';
export { stepsOf } from './definition/saga-definition.js';
export type { Parallel, ParallelOptions } from './definition/parallel.js';
export { isParallel, parallel } from './definition/parallel.js';
export type { ForEach, ForEachOptions } from './definition/for-each.js';
export { forEach, isForEach } from './definition/for-each.js';
export type { WaitDefinition } from './definition/wait-definition.js';
export { isWait } from './definition/waits.js';
export { placedCodec } from './definition/placed-definition.js';
export { SagaRegistry } from './definition/saga-registry.js';
export type {
  CompensatableStep,
  ForwardStep,
  StepHandler,
  StepHandlerSource,
} from './definition/saga-step.js';
export { isForward } from './definition/saga-step.js';
export type { StepKind } from './definition/saga-tables.js';
export { sagaTable, stepTable } from './definition/saga-tables.js';
export type { SagaTags } from './definition/saga-tags.js';
export { checkTags } from './definition/saga-tags.js';
export { namePattern, validateSaga, validateUniqueSagas } from './definition/validate-definition.js';

export type { AttemptOutcome, FinishedAttempt } from './execution/decide-entry.js';
export { decideEntry } from './execution/decide-entry.js';
export type { Action, ActAction, CompensateAction, RecordAction } from './execution/action.js';
export type { BeginWaitAction, EndWaitAction, WaitAction } from './execution/next-wait.js';
export { afterWait, nextActions } from './execution/next-actions.js';
export { withStatus } from './execution/decide-status.js';
export { decidePark } from './execution/decide-park.js';
export { retryDelay } from './execution/retry-delay.js';
export type { ExecutionEnd } from './execution/execution-end.js';

export { BranchChangedContextError } from './errors/branch-changed-context-error.js';
export { SagaChoiceError } from './errors/saga-choice-error.js';
export { matchesError } from './errors/error-matcher.js';
export { escapeControls } from './errors/escape-controls.js';
export { SagaPastPivotError } from './errors/saga-past-pivot-error.js';
export { recordError } from './errors/recorded-error.js';
export type { SagaErrorCause } from './errors/saga-failure.js';

export type { SagaErrorsByCode } from './identity/thrown.js';
export {
  isError,
  isInstanceOf,
  isSagaError,
  isThenable,
  readSafely,
  sagaErrorCode,
} from './identity/thrown.js';
export { reasonsOf } from './identity/causes.js';
export { isDate } from './identity/values.js';

export { applyEntry } from './journal/apply-entry.js';
export type { BranchState } from './journal/branch-state.js';
export { branchOf } from './journal/branch-state.js';
export { fits } from './journal/fits.js';
export { foldJournal, initialState } from './journal/fold-journal.js';
export type {
  ActCompleted,
  ActFailed,
  BegunStep,
  CancelRequested,
  Claimed,
  CompensationCompleted,
  CompensationDecided,
  CompensationFailed,
  EntryStamp,
  MarkedStuck,
  Parked,
  PathDecided,
  Released,
  RetryRequested,
  Settled,
  SignalReceived,
  StepEntry,
  StepEntryDraft,
  StepResolved,
  WaitEnded,
  WaitStart,
} from './journal/journal-entry.js';
export { openSteps, standingStep } from './journal/stage-steps.js';
export { noDecisions } from './journal/saga-path.js';
export { projectHeader } from './journal/header-change.js';
export { isSagaId } from './journal/saga-id.js';
export type { SagaStanding } from './journal/saga-standing.js';
export type { NamedStep, SagaState, UndoItem } from './journal/saga-state.js';
export { toStepResult } from './journal/step-result.js';

export { checkNames } from './options/check-names.js';
export type { GroupOption } from './options/check-table.js';
export { checkTable, group } from './options/check-table.js';
export { breakerTable } from './options/circuit-breaker-options.js';
export type { DefaultsOf } from './options/defaults-of.js';
export { defaultsOf } from './options/defaults-of.js';
export { takeOptions } from './options/take-options.js';
export type {
  DefaultedOption,
  Option,
  OptionPlace,
  OptionsOf,
  OptionTable,
  OptionTableOf,
} from './options/option.js';
export {
  checkedElsewhere,
  count,
  flag,
  func,
  isObject,
  maximumTimerMs,
  objectWith,
  oneOf,
  option,
  time,
} from './options/option.js';
export { policyTable } from './options/step-policies.js';
export type { SagaRetentionOptions } from './options/retention-options.js';
export type { SagaWorkerOptions, SagaWorkerSettings } from './options/worker-options.js';
export { resolveWorkerOptions, workerTable } from './options/worker-options.js';

export type { CircuitState } from './ports/circuit-state.js';
export type { CancelTimer } from './ports/clock.js';
export type { EmittedEventReference, EventHandler, EventHandlers } from './ports/event-handlers.js';
export type { IdGenerator } from './ports/id-generator.js';
export { decodeCursor, decodeWaitingCursor, encodeCursor, isListDate } from './ports/list-cursor.js';
export {
  checkMinimum,
  checkOneOf,
  checkStaleForMs,
  checkStatuses,
  checkWaiting,
} from './ports/check-list-filters.js';
export { checkListLimit, checkListNames } from './ports/list-limit.js';
export { isCommandProcess, markCommandProcess } from './identity/command-process.js';
export { maximumSeq } from './ports/maximum-seq.js';
export { readOutline } from './ports/read-outline.js';
export { maximumBytesRead } from './ports/read-limit.js';
export { notifySaga, notifyWorker } from './ports/notify.js';
export type { Surroundings } from './ports/surroundings.js';
export { noSurroundings } from './ports/surroundings.js';

export type { JournalObserver } from './worker/journal-observer.js';

export type { FrameObserver, ResultObserver } from './client/saga-observers.js';

export type { SagaEngineOptions } from './saga-engine.js';
export { SagaEngine } from './saga-engine.js';

export type {
  OutboxListQuery,
  OutboxMessage,
  OutboxPage,
  OutboxPosition,
  SinkSummary,
  StoredSubscriber,
} from './ports/saga-outbox.js';
export { decodeOutboxCursor } from './ports/outbox-cursor.js';
export type { MessageSink, SagaMessage } from './options/message-sink.js';
export type { DeliveredOutcome, SagaDelivery, SagaSubscription } from './ports/saga-subscription.js';
export type { OutgoingMessages } from './client/outgoing-messages.js';
export { SagaMessageNotFoundError } from './errors/saga-message-not-found-error.js';

export type { SagaEnd } from './client/saga-outcome.js';
export { toOutcomeError } from './client/saga-outcome.js';
export type { EventRedelivery, FailedRedelivery } from './client/event-redelivery.js';
export type {
  ApprovalQuery,
  SagaApproval,
  SagaApprovalPage,
  SagaApprovals,
} from './client/saga-approvals.js';
export type { UndoPreview } from './client/cancel-preview.js';
export { undoOfCancel } from './client/cancel-preview.js';
export type { SagaFinding } from './client/saga-findings.js';
export type {
  CheckedSagas,
  NextOfSaga,
  SagaExplanation,
  SagaInspector,
  SagaWithFindings,
} from './client/saga-inspector.js';
export type { ArchiveSagas, PurgeOrder, SagaPurger } from './client/saga-purger.js';
export type { ReversalRequest, SagaReversals } from './client/saga-reversals.js';
export type { SagaReader } from './client/saga-reader.js';
export type { RequestedSaga, SagaRequest, SagaTarget } from './client/saga-request.js';
export type { SagaRequests } from './client/saga-requests.js';
export { cancelRequest } from './client/cancel-request.js';
export { decisionRequest } from './client/decision-request.js';
export { asSeen } from './client/seen-request.js';
export { signalRequest } from './client/signal-request.js';
export { resolveRequest, retryRequest } from './client/stuck-requests.js';
export type { SagaStarter, StartedSaga } from './client/saga-starter.js';

export type { SagaWorker } from './worker/saga-worker.js';

export type { SagaKey } from './client/start-options.js';
export { checkSagaId, checkStartOptions, checkText } from './client/start-options.js';

export { isListening } from './ports/hint-listening.js';
export type { GuardedStep } from './definition/circuit-breaker.js';
export type { SignalOptions } from './client/signal-request.js';
export type {
  Approval,
  ApprovalOptions,
  DeclaredWait,
  Delay,
  DelayLength,
  OnTimeout,
  TakenSignal,
  WaitFor,
  WaitForOptions,
  WaitIdentity,
} from './definition/waits.js';
export type { AwaitResult } from './ports/await-result.js';
export type { StartInterceptor, StartReference } from './ports/start-interceptor.js';
export type { StepAttemptReference, StepInterceptor } from './ports/step-interceptor.js';
export type { StandardSchema } from './definition/standard-schema.js';
export type { ApprovalDecision } from './client/decision-request.js';
