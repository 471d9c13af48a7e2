export { SagaDefinitions } from '../discovery/saga-definitions.js';
export { ProcessKeeper } from '../node/process-keeper.js';
export { BootstrapPhase, BootstrapPhaseModule } from '../runtime/bootstrap-phase.js';
export type { HostedEngine } from '../runtime/saga-engines.js';
export { SagaEngines } from '../runtime/saga-engines.js';
// With it, the entry points share one file, and an application loads no further one.
export { SagaRuntime } from '../runtime/saga.runtime.js';
