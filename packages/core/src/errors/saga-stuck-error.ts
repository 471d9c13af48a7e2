import type { SagaStuck } from './saga-failure.js';
import { SagaError } from './saga-error.js';

/** The saga is STUCK: it cannot continue by itself and needs an operator. No further step is undone until then. */
export class SagaStuckError extends SagaError {
  readonly code = 'SAGA_STUCK';

  constructor(
    readonly sagaId: string,
    readonly saga: string,
    readonly stuck: SagaStuck,
    options?: ErrorOptions,
  ) {
    const at = stuck.step === undefined ? '' : ` at step "${stuck.step}"`;
    super(
      `Saga "${saga}" ${sagaId} is stuck${at} (${stuck.reason}): ${stuck.message} ` +
        'Fix the cause, then retry the saga or resolve the step by hand.',
      options,
    );
  }
}
