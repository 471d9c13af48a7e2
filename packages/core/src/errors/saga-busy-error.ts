import { SagaError } from './saga-error.js';

/**
 * This process runs as many sagas as it may, and none of them ended in time. Nothing was stored; try again later, in
 * another process, or with `enqueue`.
 */
export class SagaBusyError extends SagaError {
  readonly code = 'SAGA_BUSY';

  constructor(readonly waitedMs: number) {
    super(
      `This process runs as many sagas as it may, and none of them ended within ${waitedMs} ms, so "start" was refused. Try again later or on another process, queue the saga with "enqueue", or raise "concurrency".`,
    );
  }
}
