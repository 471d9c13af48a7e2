import { SagaError } from './saga-error.js';

/** No such message is still to be delivered. */
export class SagaMessageNotFoundError extends SagaError {
  readonly code = 'SAGA_MESSAGE_NOT_FOUND';
  readonly sagaId: string;

  constructor({
    sagaId,
    seq,
    sink,
  }: {
    readonly sagaId: string;
    readonly seq: number;
    readonly sink: string;
  }) {
    super(
      `Saga ${sagaId} has no message of entry ${seq} for the sink "${sink}". It may have been delivered: ` +
        'listMessages() shows those that are still to be delivered.',
    );
    this.sagaId = sagaId;
  }
}
