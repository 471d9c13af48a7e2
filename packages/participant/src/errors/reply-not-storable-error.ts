import { HttpStatus } from '@nestjs/common';
import { ParticipantError } from './participant-error.js';

/** The work of a command returned a value that is not plain JSON. The command was rolled back. */
export class ReplyNotStorableError extends ParticipantError {
  readonly code = 'SAGA_REPLY_NOT_STORABLE';

  constructor(
    /** The part of the reply that cannot be stored, for example `reply.paidAt`. */
    readonly path: string,
    problem: string,
  ) {
    super(
      HttpStatus.INTERNAL_SERVER_ERROR,
      'SAGA_REPLY_NOT_STORABLE',
      `The reply of a command has to be plain JSON, but ${path} is ${problem}.`,
    );
  }
}
