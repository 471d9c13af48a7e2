export { checkRun } from './crash/check-run.js';
export type {
  Acknowledgement,
  AwaitedSignals,
  CrashEvidence,
  EmittedEvent,
  LeaseSpan,
  Violation,
  ViolationRule,
  WatchedResult,
  WatcherRecord,
} from './crash/crash-evidence.js';
export { JournalReplay, replayAll } from './crash/journal-replay.js';
export type { LedgerRow } from './crash/ledger-row.js';
export { traceOf, traceOfSignal } from './crash/ledger-row.js';
export { describeEntry } from './crash/describe-entry.js';
export { SeverableStorage } from './crash/severable-storage.js';
export { SimulatedClock } from './crash/simulated-clock.js';
export type { ClusterProcessOptions } from './crash/simulated-cluster.js';
export { SimulatedCluster } from './crash/simulated-cluster.js';
export type { SimulatedProcessOptions } from './crash/simulated-process.js';
export { SimulatedProcess } from './crash/simulated-process.js';
export type { StartAnswer, StartOrder } from './crash/start-orders.js';
export { startOrders, startProblem } from './crash/start-orders.js';

export type { HeldPart } from './fakes/delayed-storage.js';
export { DelayedStorage } from './fakes/delayed-storage.js';
export { FakeClock } from './fakes/fake-clock.js';
export { FakeSink } from './fakes/fake-sink.js';
export type { StorageFault } from './fakes/faulty-storage.js';
export { FaultyStorage } from './fakes/faulty-storage.js';
export type { StorageMethod } from './fakes/intercepted-storage.js';
export { InterceptedStorage } from './fakes/intercepted-storage.js';
export { RecordingListener } from './fakes/recording-listener.js';
export type { ScriptedSaga, ScriptedStage } from './fakes/scripted-saga.js';
export { scriptedSaga } from './fakes/scripted-saga.js';
export type { ScriptedCall, ScriptedStepOptions } from './fakes/scripted-step.js';
export { ScriptedStep } from './fakes/scripted-step.js';
export { SilentStorage } from './fakes/silent-storage.js';
export { SequentialIds } from './fakes/sequential-ids.js';
export { flushPromises } from './fakes/flush-promises.js';
export { StepGate } from './fakes/step-gate.js';
export type { StepScript } from './fakes/step-script.js';
export { answers, changes, changesAndThrows, emits, failing, throws } from './fakes/step-script.js';
export type {
  FragileStorage,
  LostPart,
  SagaStorageContract,
  SagaStorageHarness,
} from './contracts/storage-harness.js';
export { describeSagaStorage } from './contracts/describe-saga-storage.js';
