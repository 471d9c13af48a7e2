import { HttpStatus } from '@nestjs/common';

/** The HTTP status of an error, by its code. All other codes are mistakes of the server or of its operator. */
export const errorStatuses: ReadonlyMap<string, HttpStatus> = new Map([
  ['SAGA_INVALID_ARGUMENT', HttpStatus.BAD_REQUEST],
  ['SAGA_CONTEXT_NOT_STORABLE', HttpStatus.BAD_REQUEST],
  ['SAGA_NOT_FOUND', HttpStatus.NOT_FOUND],
  ['SAGA_MESSAGE_NOT_FOUND', HttpStatus.NOT_FOUND],
  ['SAGA_STATUS_REFUSED', HttpStatus.CONFLICT],
  ['SAGA_PAST_PIVOT', HttpStatus.CONFLICT],
  ['SAGA_APPROVAL_FORBIDDEN', HttpStatus.FORBIDDEN],
  // One key for two different requests: 422, as the draft of the Idempotency-Key header requires.
  ['SAGA_CONFLICT', HttpStatus.UNPROCESSABLE_ENTITY],
  // The request itself is valid: it can be repeated later, or sent to another process.
  ['SAGA_BUSY', HttpStatus.SERVICE_UNAVAILABLE],
  ['SAGA_SHUTTING_DOWN', HttpStatus.SERVICE_UNAVAILABLE],
  ['SAGA_STORAGE_FAILED', HttpStatus.SERVICE_UNAVAILABLE],
]);
