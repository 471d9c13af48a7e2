// The entry point on which the operations page stands.
export type { HostedEngine } from '../runtime/saga-engines.js';
export { SagaRuntime } from '../runtime/saga.runtime.js';
