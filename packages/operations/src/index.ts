export type {
  OperationsGuard,
  PageRequest,
  RevealedPlace,
  SagaOperationsOptions,
} from './options/operations-options.js';
export { SagaOperationsModule } from './saga-operations.module.js';
