export type { CodecPlace, FailedRedelivery, SagaKey } from '@nest-saga/core/engine';
export type {
  CompensatableStep,
  Delay,
  DelayLength,
  DeclaredWait,
  ForwardStep,
  OnTimeout,
  WaitIdentity,
  SagaTarget,
  SignalOptions,
  StartInterceptor,
  StartReference,
  StepAttemptReference,
  StepInterceptor,
  WaitFor,
} from '@nest-saga/core/engine';
export type {
  Approval,
  ApprovalDecision,
  ArchiveSagas,
  CheckedSagas,
  NextOfSaga,
  SagaApproval,
  SagaApprovalPage,
  SagaExplanation,
  SagaFinding,
  SagaWithFindings,
  StandardSchema,
  TakenSignal,
  UndoPreview,
} from '@nest-saga/core/engine';
export type { ApprovalOptions, WaitForOptions } from '@nest-saga/core/engine';
export type { ChoiceIdentity, Choose, ChooseOptions, When } from '@nest-saga/core/engine';
export type {
  CircuitBreaker,
  CircuitBreakerOptions,
  Clock,
  CompensateOn,
  CompensationPolicy,
  ContextClass,
  ContextCodec,
  CreateCircuitBreaker,
  EmittedEvent,
  ErrorMatcher,
  Fallback,
  FallbackOptions,
  InMemorySagaStorageOptions,
  JournalEntry,
  Json,
  StopReason,
  RecordedError,
  RetryableErrorOptions,
  RetryPolicy,
  SagaDefinitionProblem,
  SagaFailure,
  SagaHeader,
  SagaLeaseOptions,
  SagaLifecycleEvent,
  SagaListener,
  SagaOutcome,
  SagaRecoveryOptions,
  SagaReference,
  SagaSignal,
  SagaStarted,
  SagaStepHandler,
  SagaStepOptions,
  SagaStepPolicies,
  SagaStepResult,
  SagaStorage,
  SagaStuck,
  SagaWait,
  SagaWaiting,
  StartOptions,
  StepAbortReason,
  StepResolution,
  StepRun,
  WorkerEvent,
} from '@nest-saga/core';
export type { DiagramKind } from '@nest-saga/core/diagrams';
export type { CircuitState, IdGenerator } from '@nest-saga/core/engine';
export type {
  RegisteredCondition,
  RegisteredRetry,
  RegisteredSaga,
  RegisteredStage,
  RegisteredStep,
  RegisteredWait,
} from './catalog/registered-saga.js';
export type { DiagramRequest } from './catalog/saga.catalog.js';
export { SagaCatalog } from './catalog/saga.catalog.js';
export type { SagaDecoratorOptions } from './decorators/saga.decorator.js';
export { Saga } from './decorators/saga.decorator.js';
export { SagaEvent } from './decorators/saga-event.decorator.js';
export { SagaStep } from './decorators/saga-step.decorator.js';
export type {
  ChooseStage,
  SagaStage,
  SagaStepClass,
  SagaStepReference,
  StepOf,
  StepUse,
  WhenStage,
} from './decorators/step-class.js';
export { choose, when } from './decorators/choice.js';
export { fallback } from './decorators/fallback.js';
export { forEach } from './decorators/for-each.js';
export type { BranchResult, BranchResults } from './decorators/parallel.js';
export { parallel } from './decorators/parallel.js';
export { step } from './decorators/step.js';

export { BranchChangedContextError, SagaChoiceError } from '@nest-saga/core/engine';
export { SagaModuleNotInitializedError } from './errors/saga-module-not-initialized-error.js';
export { SagaStorageMissingError } from './errors/saga-storage-missing-error.js';
export type { SagaLifecycle, SagaStepEvent } from './events/saga-events.js';
export { SAGA_STORAGE } from './storage/saga-storage.token.js';
export { SagaEvents } from './events/saga-events.js';
export type { ApprovalList, ApprovalListStrings } from './views/check-approval-list.js';
export type { PurgedSagas, SagaPurge } from './views/check-purge.js';
export type { SagaList, SagaListStrings } from './views/check-saga-list.js';
export { SagaExceptionFilter } from './http/saga-exception.filter.js';
export { SystemClock } from './node/system-clock.js';
export { UuidV7Generator } from './node/uuid-v7-generator.js';
export type { SagaExecution } from './views/saga-execution.js';
export type { SagaHandle } from './views/saga-handle.js';
export type { SagaInterceptor, SagaInterceptorReference } from './interceptors/saga-interceptor.js';
export type { SagaModuleOptions, SagaRetention } from './options/saga-module-options.js';
export { SagaModule } from './saga.module.js';
export type {
  OperatorAction,
  RedeliverAction,
  ResolveAction,
  RetryAction,
  ReverseAction,
  SagaExecutionPage,
} from './saga.operator.js';
export { SagaOperator } from './saga.operator.js';
export type { CancelOptions, WatchOptions } from './saga.orchestrator.js';
export { SagaOrchestrator } from './saga.orchestrator.js';
export type { MessageEventsOptions } from './sse/message-events-options.js';
export { messageEventsDefaults } from './sse/message-events-options.js';
export type { RequestHeaders } from './sse/resume-from.js';
export { resumeFrom } from './sse/resume-from.js';
export type { InterruptionReason, SagaStreamEvent } from './sse/saga-stream-event.js';
export type { SagaFrame } from './streams/saga-frame.js';
export { SagaStream } from './streams/saga-stream.js';
export { toMessageEvents } from './sse/to-message-events.js';
export type { SagaStorageFactory } from './storage/saga-storage-factory.js';
export type { SagaTelemetry } from './telemetry/saga-telemetry.js';

export {
  approval,
  ApprovalForbiddenError,
  ApprovalRejectedError,
  CircuitOpenError,
  ContextNotStorableError,
  days,
  delay,
  hours,
  InDoubtError,
  InMemorySagaStorage,
  isCountedByBreaker,
  InvalidArgumentError,
  jsonContextCodec,
  minutes,
  NonRetryableError,
  RecordedStepError,
  RetryableError,
  SagaBusyError,
  SagaConflictError,
  sagaDefaults,
  SagaDefinitionError,
  SagaError,
  SagaFailedError,
  SagaFailureReason,
  SagaNotFoundError,
  SagaNotRegisteredError,
  SagaShuttingDownError,
  sagaSignal,
  SagaStatus,
  SagaStatusError,
  SagaStorageError,
  SagaStuckError,
  SagaStuckReason,
  seconds,
  StepAbortedError,
  StepOutcome,
  StepTimedOutError,
  waitFor,
  WaitTimedOutError,
} from '@nest-saga/core';

export type { AesGcmCodecOptions } from './encryption/aes-gcm-codec.js';
export { SagaPastPivotError } from '@nest-saga/core/engine';
export { aesGcmCodec } from './encryption/aes-gcm-codec.js';
export { EncryptedValueError } from './errors/encrypted-value-error.js';
export { EncryptionKeyMissingError } from './errors/encryption-key-missing-error.js';

export type { SagaEndingOptions } from './decorators/saga-ending.decorators.js';
export { OnSagaCompleted, OnSagaFailed, OnSagaStuck } from './decorators/saga-ending.decorators.js';
export type { ClientProxyLike, ClientProxySinkOptions } from './events/client-proxy-sink.js';
export { clientProxySink } from './events/client-proxy-sink.js';
export type { MessageListQuery } from './views/check-message-list.js';
export { SagaMessageNotFoundError } from '@nest-saga/core/engine';
export type { MessageSink, SagaDelivery, SagaMessage } from '@nest-saga/core/engine';
