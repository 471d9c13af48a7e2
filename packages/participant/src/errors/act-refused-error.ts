import { HttpStatus } from '@nestjs/common';
import type { SagaCommand } from '../command/saga-command.js';
import { ParticipantError } from './participant-error.js';

/**
 * The act came after its undo, so it was not done and never will be. The HTTP status is 410 (Gone): 409 would invite
 * clients that follow the draft of the Idempotency-Key header to try again later.
 */
export class ActRefusedError extends ParticipantError {
  readonly code = 'SAGA_ACT_REFUSED';
  readonly sagaId: string;
  readonly step: string;

  constructor({ sagaId, step }: SagaCommand) {
    super(
      HttpStatus.GONE,
      'SAGA_ACT_REFUSED',
      `The act of step "${step}" came after its undo, so saga ${sagaId} does not want it any more: it was not done.`,
    );
    this.sagaId = sagaId;
    this.step = step;
  }
}
