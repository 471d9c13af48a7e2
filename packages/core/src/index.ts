export type { ContextCodec, Json } from './context/context-codec.js';
export { checkSize, encodedBytes, jsonContextCodec } from './context/context-codec.js';
export { maximumDepth } from './context/check-encodable.js';
export { classOfEvent, nameEventClass, nameOfEventClass } from './context/event-class.js';
export type { ContextClass } from './context/hydrate.js';
export { hydrate } from './context/hydrate.js';
export { maximumEncodedBytes } from './context/size-budget.js';

export type { CircuitBreaker, CreateCircuitBreaker, GuardedStep } from './definition/circuit-breaker.js';
export { isCountedByBreaker } from './definition/circuit-breaker.js';
export type { DefineSagaOptions } from './definition/define-saga.js';
export { defineSaga, defineSagas } from './definition/define-saga.js';
export type { Fallback, FallbackOptions } from './definition/fallback.js';
export { fallback, isFallback } from './definition/fallback.js';
export type {
  DeclaredSaga,
  DeclaredStage,
  DeclaredStep,
  FallbackStage,
  SagaDefinition,
  SagaOptions,
  Stage,
  StepStage,
} from './definition/saga-definition.js';
export { stepsOf } from './definition/saga-definition.js';
export type { SagaIdentity } from './definition/saga-registry.js';
export { SagaRegistry } from './definition/saga-registry.js';
export type {
  SagaStepHandler,
  SagaStepOptions,
  StepDefinition,
  StepHandlerSource,
} from './definition/saga-step.js';
export type { StepRun } from './definition/step-run.js';
export { StepOutcome } from './definition/step-run.js';
export { sagaTable, stepTable } from './definition/saga-tables.js';
export { namePattern, validateSaga, validateUniqueSagas } from './definition/validate-definition.js';

export { classDiagram } from './diagrams/class-diagram.js';
export { executionDiagram } from './diagrams/execution-diagram.js';
export { sequenceDiagram } from './diagrams/sequence-diagram.js';
export { stateDiagram } from './diagrams/state-diagram.js';

export type { AttemptOutcome, FinishedAttempt } from './execution/decide-entry.js';
export { decideEntry } from './execution/decide-entry.js';
export type {
  ActAction,
  CompensateAction,
  NextAction,
  SettleAction,
  WaitAction,
} from './execution/next-action.js';
export { afterWait, nextAction } from './execution/next-action.js';
export { decidePark } from './execution/decide-park.js';
export { retryDelay } from './execution/retry-delay.js';
export type { ExecutionEnd } from './execution/saga-executor.js';

export type { ErrorMatcher } from './errors/error-matcher.js';
export { matchesError } from './errors/error-matcher.js';
export { CircuitOpenError } from './errors/circuit-open-error.js';
export { ContextNotStorableError } from './errors/context-not-storable-error.js';
export { escapeControls } from './errors/escape-controls.js';
export { InDoubtError } from './errors/in-doubt-error.js';
export { InvalidArgumentError } from './errors/invalid-argument-error.js';
export { NonRetryableError } from './errors/non-retryable-error.js';
export type { RecordedError } from './errors/recorded-error.js';
export { recordError } from './errors/recorded-error.js';
export { RecordedStepError } from './errors/recorded-step-error.js';
export type { RetryableErrorOptions } from './errors/retryable-error.js';
export { RetryableError } from './errors/retryable-error.js';
export { SagaBusyError } from './errors/saga-busy-error.js';
export { SagaConflictError } from './errors/saga-conflict-error.js';
export type { SagaDefinitionProblem } from './errors/saga-definition-error.js';
export { SagaDefinitionError } from './errors/saga-definition-error.js';
export { SagaError } from './errors/saga-error.js';
export { SagaFailedError } from './errors/saga-failed-error.js';
export type { SagaErrorCause, SagaFailure, SagaStuck } from './errors/saga-failure.js';
export { SagaFailureReason, SagaStuckReason } from './errors/saga-failure.js';
export { SagaNotFoundError } from './errors/saga-not-found-error.js';
export { SagaNotRegisteredError } from './errors/saga-not-registered-error.js';
export { SagaShuttingDownError } from './errors/saga-shutting-down-error.js';
export { SagaStatusError } from './errors/saga-status-error.js';
export type { WriteOutcome } from './errors/saga-storage-error.js';
export { SagaStorageError } from './errors/saga-storage-error.js';
export { SagaStuckError } from './errors/saga-stuck-error.js';
export type { StepAbortReason } from './errors/step-aborted-error.js';
export { StepAbortedError } from './errors/step-aborted-error.js';
export { StepTimedOutError } from './errors/step-timed-out-error.js';

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

export type { InMemorySagaStorageOptions } from './in-memory/in-memory-saga-storage.js';
export { InMemorySagaStorage } from './in-memory/in-memory-saga-storage.js';

export { applyEntry } from './journal/apply-entry.js';
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
  EntryDraft,
  EntryPlace,
  JournalEntry,
  MarkedStuck,
  Released,
  RetryRequested,
  Settled,
  StepEntry,
  StepEntryDraft,
  StepResolution,
  StepResolved,
} from './journal/journal-entry.js';
export { isStepEntry } from './journal/journal-entry.js';
export type { HeaderChange } from './journal/header-change.js';
export { dueInMsOf, nextRunAtOf, projectHeader } from './journal/header-change.js';
export type { Park, SagaWaiting } from './journal/park.js';
export type { SagaHeader } from './journal/saga-header.js';
export { isSagaId } from './journal/saga-id.js';
export type { SagaState, UndoItem } from './journal/saga-state.js';
export { isOpen, isTerminal, SagaStatus } from './journal/saga-status.js';
export type { EmittedEvent } from './journal/emitted-events.js';
export type { SagaStepResult } from './journal/step-result.js';
export { toStepResult } from './journal/step-result.js';

export { checkNames } from './options/check-names.js';
export type { GroupOption } from './options/check-table.js';
export { checkTable, group } from './options/check-table.js';
export type { CircuitBreakerOptions } from './options/circuit-breaker-options.js';
export { breakerTable } from './options/circuit-breaker-options.js';
export { sagaDefaults } from './options/defaults.js';
export type { DefaultsOf } from './options/defaults-of.js';
export { defaultsOf } from './options/defaults-of.js';
export { days, hours, minutes, seconds } from './options/durations.js';
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

export type {
  CompensateOn,
  CompensationPolicy,
  OnExhausted,
  RetryPolicy,
  SagaStepPolicies,
} from './options/step-policies.js';
export { policyTable } from './options/step-policies.js';
export type {
  SagaLeaseOptions,
  SagaRecoveryOptions,
  SagaWorkerOptions,
  SagaWorkerSettings,
} from './options/worker-options.js';
export { resolveWorkerOptions, workerTable } from './options/worker-options.js';

export type { CircuitState } from './ports/circuit-state.js';
export type { CancelTimer, Clock } from './ports/clock.js';
export type { IdGenerator } from './ports/id-generator.js';
export type { ListPosition } from './ports/list-cursor.js';
export { decodeCursor, encodeCursor, isListable } from './ports/list-cursor.js';
export { checkListLimit, checkListNames } from './ports/list-limit.js';
export { maximumSeq } from './ports/maximum-seq.js';
export { notifySaga, notifyWorker } from './ports/notify.js';
export type {
  LetGoReason,
  SagaLifecycleEvent,
  SagaListener,
  SagaReference,
  WorkerEvent,
} from './ports/saga-listener.js';
export type {
  AppendRequest,
  AppendResult,
  ClaimRequest,
  JournalCursor,
  JournalNews,
  LoadedSaga,
  NewSaga,
  ReleaseRequest,
  SagaListQuery,
  SagaPage,
  SagaStorage,
  StartResult,
  StorageHint,
  StorageSummary,
} from './ports/saga-storage.js';
export type { StartInterceptor, StartReference } from './ports/start-interceptor.js';
export type { StepAttemptReference, StepInterceptor } from './ports/step-interceptor.js';
export type { Surroundings } from './ports/surroundings.js';
export { noSurroundings } from './ports/surroundings.js';

export type { JournalObserver } from './worker/journal-follower.js';
export type { ResultObserver } from './client/saga-reader.js';
export type { SagaEngineOptions } from './saga-engine.js';
export { SagaEngine } from './saga-engine.js';
export type { SagaOutcome } from './client/saga-outcome.js';
export { toOutcomeError } from './client/saga-outcome.js';
export type { SagaReader } from './client/saga-reader.js';
export type { SagaRequests } from './client/saga-requests.js';
export type { SagaStarted } from './client/saga-started.js';
export type { SagaStarter, StartedSaga } from './client/saga-starter.js';
export type { SagaWorker } from './worker/saga-worker.js';
export type { StartOptions } from './client/start-options.js';
export { checkSagaId, checkStartOptions, checkText } from './client/start-options.js';
export type { DiagramKind } from './diagrams/diagram-kinds.js';
export { diagramKinds, drawSaga } from './diagrams/diagram-kinds.js';
export { isListening } from './ports/hint-listening.js';
