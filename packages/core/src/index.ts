export type { ContextCodec, Json } from './context/context-codec.js';
export { jsonContextCodec } from './context/context-codec.js';
export type { ContextClass } from './context/hydrate.js';

export type { CircuitBreaker, CreateCircuitBreaker } from './definition/circuit-breaker.js';
export { isCountedByBreaker } from './definition/circuit-breaker.js';
export type { DefineSagaOptions } from './definition/define-saga.js';
export { defineSaga, defineSagas } from './definition/define-saga.js';
export type { Fallback, FallbackOptions } from './definition/fallback.js';
export { fallback } from './definition/fallback.js';
export type {
  DeclaredSaga,
  DeclaredStage,
  DeclaredStep,
  SagaDefinition,
  SagaOptions,
} from './definition/saga-definition.js';
export type { SagaIdentity } from './definition/saga-registry.js';
export type { SagaStepHandler, SagaStepOptions, StepDefinition } from './definition/saga-step.js';
export type { StepRun } from './definition/step-run.js';
export { StepOutcome } from './definition/step-run.js';

export type { ErrorMatcher } from './errors/error-matcher.js';
export { CircuitOpenError } from './errors/circuit-open-error.js';
export { ContextNotStorableError } from './errors/context-not-storable-error.js';
export { InDoubtError } from './errors/in-doubt-error.js';
export { InvalidArgumentError } from './errors/invalid-argument-error.js';
export { NonRetryableError } from './errors/non-retryable-error.js';
export type { RecordedError } from './errors/recorded-error.js';
export { RecordedStepError } from './errors/recorded-step-error.js';
export type { RetryableErrorOptions } from './errors/retryable-error.js';
export { RetryableError } from './errors/retryable-error.js';
export { SagaBusyError } from './errors/saga-busy-error.js';
export { SagaConflictError } from './errors/saga-conflict-error.js';
export type { SagaDefinitionProblem } from './errors/saga-definition-error.js';
export { SagaDefinitionError } from './errors/saga-definition-error.js';
export { SagaError } from './errors/saga-error.js';
export { SagaFailedError } from './errors/saga-failed-error.js';
export type { SagaFailure, SagaStuck } from './errors/saga-failure.js';
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

export type { InMemorySagaStorageOptions } from './in-memory/in-memory-saga-storage.js';
export { InMemorySagaStorage } from './in-memory/in-memory-saga-storage.js';

export type { EntryDraft, JournalEntry, StepResolution } from './journal/journal-entry.js';
export { isStepEntry } from './journal/is-step-entry.js';
export type { HeaderChange } from './journal/header-change.js';
export type { Park, SagaWaiting } from './journal/park.js';
export type { SagaWait } from './journal/saga-wait.js';
export type { SagaHeader } from './journal/saga-header.js';
export { isOpen, isTerminal, SagaStatus } from './journal/saga-status.js';
export type { EmittedEvent } from './journal/emitted-events.js';
export type { SagaStepResult } from './journal/step-result.js';

export type { CircuitBreakerOptions } from './options/circuit-breaker-options.js';
export { sagaDefaults } from './options/defaults.js';
export { days, hours, minutes, seconds } from './options/durations.js';
export type {
  CompensateOn,
  CompensationPolicy,
  OnExhausted,
  RetryPolicy,
  SagaStepPolicies,
} from './options/step-policies.js';
export type { SagaLeaseOptions, SagaRecoveryOptions } from './options/worker-options.js';
export type { SagaSignal } from './definition/saga-signal.js';
export { sagaSignal } from './definition/saga-signal.js';
export { approval, delay, waitFor } from './definition/waits.js';
export { ApprovalForbiddenError } from './errors/approval-forbidden-error.js';
export { ApprovalRejectedError } from './errors/approval-rejected-error.js';
export { WaitTimedOutError } from './errors/wait-timed-out-error.js';

export type { Clock } from './ports/clock.js';
export type {
  StopReason,
  SagaLifecycleEvent,
  SagaListener,
  SagaReference,
  WorkerEvent,
} from './ports/saga-listener.js';
export type {
  AppendRequest,
  AppendResult,
  LoadedSaga,
  NewSaga,
  SagaListQuery,
  SagaPage,
  SagaStorage,
  StartResult,
  StorageHint,
  StorageSummary,
} from './ports/saga-storage.js';

export type { SagaOutcome } from './client/saga-outcome.js';
export type { SagaStarted } from './client/saga-started.js';
export type { StartOptions } from './client/start-options.js';
