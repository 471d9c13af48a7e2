import { HttpStatus } from '@nestjs/common';
import type { SagaCommand } from '../command/saga-command.js';
import { ParticipantError } from './participant-error.js';

/**
 * PostgreSQL rolled the command back because of another transaction: a serialization failure, a deadlock or a lock
 * timeout. Nothing is left of it, and the same command may come again at once.
 */
export class CommandRetryableError extends ParticipantError {
  readonly code = 'SAGA_COMMAND_RETRYABLE';
  readonly retryable = true;

  constructor({ sagaId, step, action }: SagaCommand, cause: unknown) {
    super(
      HttpStatus.SERVICE_UNAVAILABLE,
      'SAGA_COMMAND_RETRYABLE',
      `The ${action} of step "${step}" of saga ${sagaId} was rolled back because of another transaction. Send it again.`,
      { cause },
    );
  }
}
