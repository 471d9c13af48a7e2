export type { OperationsGuard, RevealedPlace, SagaOperationsOptions } from './options/operations-options.js';
export { SagaOperationsModule } from './saga-operations.module.js';
