import { HttpStatus } from '@nestjs/common';
import { ParticipantError } from './participant-error.js';

/** A request has no valid command of a saga. Nothing was done. */
export class InvalidCommandError extends ParticipantError {
  readonly code = 'SAGA_COMMAND_INVALID';

  constructor(
    /** The name of the field or header. */
    readonly field: string,
    value: unknown,
    expected: string,
  ) {
    super(
      HttpStatus.BAD_REQUEST,
      'SAGA_COMMAND_INVALID',
      value === undefined
        ? `The command of a saga is not valid: ${field} is missing. It has to be ${expected}.`
        : `The command of a saga is not valid: ${field} is ${printed(value)}. It has to be ${expected}.`,
    );
  }
}

function printed(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'repeated' : '';
  return (text === '' ? `a ${value === null ? 'null' : typeof value}` : text).slice(0, 100);
}
