import { SagaError } from './saga-error.js';

/** This process is shutting down and starts no new saga. Nothing was stored; another process can start it. */
export class SagaShuttingDownError extends SagaError {
  readonly code = 'SAGA_SHUTTING_DOWN';

  constructor(readonly request: string) {
    super(`This process is shutting down, so "${request}" was refused. Try again on another process.`);
  }
}
